// The BitLocker settings of a settings catalog policy, out of the tree of instances that Graph keeps them in.
import type { EncryptionSetting } from './encryption-settings.ts';
import { textOf } from './sentinels.ts';

/** All of BitLocker's settings begin so. */
const BITLOCKER = 'device_vendor_msft_bitlocker_';

/**
 * The one that makes a device encrypt. Silent encryption asks for none: it is documented for profiles of the Endpoint
 * protection template only.
 */
const ENCRYPTS = `${BITLOCKER}requiredeviceencryption`;
const ENCRYPTS_WHEN = '1';

/**
 * What the policy configures, in its own order, with the setting that encrypts even where it is left open. `settings` is
 * what `/settings` lists; empty where nothing in it is BitLocker's.
 */
export function catalogSettings(settings: readonly object[]): readonly EncryptionSetting[] {
  const configured = new Map<string, string | null>();
  for (const setting of settings) collect(at(setting, 'settingInstance'), configured);
  if (configured.size === 0) return [];
  if (!configured.has(ENCRYPTS)) configured.set(ENCRYPTS, null);
  return [...configured].map(([name, value]) =>
    name === ENCRYPTS
      ? { name, configured: value, required: ENCRYPTS_WHEN, satisfied: value === ENCRYPTS_WHEN }
      : { name, configured: value, required: null, satisfied: null },
  );
}

function collect(instance: unknown, into: Map<string, string | null>): void {
  const definition = textOf(at(instance, 'settingDefinitionId'));
  if (definition === null) return;
  const choice = at(instance, 'choiceSettingValue');
  const simple = at(at(instance, 'simpleSettingValue'), 'value');
  if (definition.startsWith(BITLOCKER)) {
    // An option is called by its setting and its value: `…_requiredeviceencryption_1`.
    const option = textOf(at(choice, 'value'));
    const plain = typeof simple === 'string' || typeof simple === 'number' ? String(simple) : null;
    into.set(definition, option === null ? plain : option.replace(`${definition}_`, ''));
  }
  const groups = at(instance, 'groupSettingCollectionValue');
  for (const holder of [choice, ...(Array.isArray(groups) ? (groups as readonly unknown[]) : [])]) {
    const children = at(holder, 'children');
    if (Array.isArray(children)) for (const child of children) collect(child, into);
  }
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
