// Finds the BitLocker settings of a settings catalog policy in Graph's tree of setting instances.
import type { EncryptionSetting } from './encryption-settings.ts';
import { propertyOf, textOf } from '../graph-values.ts';

/** The prefix of all BitLocker settings. */
const BITLOCKER_PREFIX = 'device_vendor_msft_bitlocker_';

/**
 * The setting that turns encryption on. Silent encryption requires none of these settings: it is documented for profiles
 * of the Endpoint protection template only.
 */
const ENCRYPT_SETTING = `${BITLOCKER_PREFIX}requiredeviceencryption`;
const ENCRYPT_VALUE = '1';

/**
 * The settings in the order of the policy, including the one that turns encryption on even if it is not configured.
 * `settings` is the response of `/settings`. Empty for a policy without BitLocker settings.
 */
export function catalogSettings(settings: readonly object[]): readonly EncryptionSetting[] {
  const configured = new Map<string, string | null>();
  for (const setting of settings) collect(propertyOf(setting, 'settingInstance'), configured);
  if (configured.size === 0) return [];
  if (!configured.has(ENCRYPT_SETTING)) configured.set(ENCRYPT_SETTING, null);
  return [...configured].map(([name, value]) =>
    name === ENCRYPT_SETTING
      ? { name, configured: value, required: ENCRYPT_VALUE, satisfied: value === ENCRYPT_VALUE }
      : { name, configured: value, required: null, satisfied: null },
  );
}

function collect(instance: unknown, into: Map<string, string | null>): void {
  const definition = textOf(propertyOf(instance, 'settingDefinitionId'));
  if (definition === null) return;
  const choice = propertyOf(instance, 'choiceSettingValue');
  const simple = propertyOf(propertyOf(instance, 'simpleSettingValue'), 'value');
  if (definition.startsWith(BITLOCKER_PREFIX)) {
    // The id of an option is that of its setting and its value: `…_requiredeviceencryption_1`.
    const option = textOf(propertyOf(choice, 'value'));
    const plain = typeof simple === 'string' || typeof simple === 'number' ? String(simple) : null;
    into.set(definition, option === null ? plain : option.replace(`${definition}_`, ''));
  }
  const groups = propertyOf(instance, 'groupSettingCollectionValue');
  for (const holder of [choice, ...(Array.isArray(groups) ? (groups as readonly unknown[]) : [])]) {
    const children = propertyOf(holder, 'children');
    if (Array.isArray(children)) for (const child of children) collect(child, into);
  }
}
