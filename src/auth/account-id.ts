// On whose account a read goes: a caller's own, or that of the network that someone without credentials comes from.
import { isIPv6 } from 'node:net';
import type { Caller } from './caller.ts';

/** `address` is that of the client, behind trusted proxies too. */
export function accountId({ kind, id }: Pick<Caller, 'kind' | 'id'>, address: string | undefined): string {
  return kind === 'anonymous' ? `${id} ${networkOf(address ?? '')}` : id;
}

/** One customer has all of a /64, and would else have as many budgets as there are addresses in it. */
function networkOf(address: string): string {
  const plain = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [before = '', after] = plain.split('::');
  const groups = before === '' ? [] : before.split(':');
  const behind = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: 8 - groups.length - behind.length }, () => '0');
  return [...groups, ...zeros, ...behind]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
