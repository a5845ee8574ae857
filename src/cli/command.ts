// What a command of the command line is.
import type { SettingName, Settings } from '../settings/settings.ts';

export interface Command {
  /** What follows its name, such as `settings|metadata`; none for most. */
  readonly operands?: readonly string[];
  /** One sentence for `help`. */
  readonly help: string;
  /** The settings it uses: its flags. */
  readonly settings: readonly SettingName[];
  /** Returns when its work is done: for a server, when it was told to end. */
  readonly run: (settings: Settings, operands: readonly string[]) => Promise<void> | void;
}
