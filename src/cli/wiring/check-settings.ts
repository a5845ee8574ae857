// Checks the settings of a command where its parser cannot: against the model and against the disk.
import { statSync } from 'node:fs';
import { FeedError } from '../../base/feed-error.ts';
import type { SettingName, Settings } from '../../settings/settings.ts';
import { retentionOf } from './retention-of.ts';

/** Throws `setup.bad-setting`. What the command does not use is not looked at. */
export function checkSettings(settings: Settings, used: readonly SettingName[]): void {
  if (used.includes('data')) requireFolder(settings.data);
  if (used.includes('retention')) retentionOf(settings);
}

/** One that does not exist yet is made when it is needed. */
function requireFolder(data: string): void {
  const isFolder = statSync(data, { throwIfNoEntry: false })?.isDirectory() ?? true;
  if (isFolder) return;
  throw new FeedError('setup.bad-setting', `--data must be a folder, and '${data}' is a file.`, {
    target: '--data',
  });
}
