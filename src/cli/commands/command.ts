// What a command of the command line is.
import type { SettingName, Settings } from '../../settings/settings.ts';

export interface Command {
  /** What may follow its name, each in its place and as `help` shows it: `add|list`, `<file>`; nothing for most. */
  readonly operands?: readonly string[];
  /** One sentence for `help`. */
  readonly help: string;
  /** The settings it uses: its flags. */
  readonly settings: readonly SettingName[];
  /** Flags without a value: `explain` for `--explain` → one sentence for `help`. */
  readonly switches?: Readonly<Record<string, string>>;
  /** Returns when its work is done: for a server, when it was told to end. */
  readonly run: (
    settings: Settings,
    operands: readonly string[],
    switches: ReadonlySet<string>,
  ) => Promise<void> | void;
}
