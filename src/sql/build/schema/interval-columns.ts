// The columns of validity intervals as SQL.
import { INTERVAL_COLUMNS } from '../../../../schema/derive/storage.ts';
import { identifier } from '../../fragment.ts';

export const PERIOD = identifier(INTERVAL_COLUMNS.period);
export const FROM_KEY = identifier(INTERVAL_COLUMNS.from);
export const TO_KEY = identifier(INTERVAL_COLUMNS.to);
