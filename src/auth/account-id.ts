// The budget account of a caller: their own, or for anonymous callers that of their network.
import { isIPv6 } from 'node:net';
import type { Caller } from './caller.ts';

/** `address` is the client's, also where it comes through trusted proxies. */
export function accountId({ kind, id }: Pick<Caller, 'kind' | 'id'>, address: string | undefined): string {
  return kind === 'anonymous' ? `${id} ${networkOf(address ?? '')}` : id;
}

/** A /64 belongs to one customer, who would otherwise have a budget for each of its addresses. */
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
