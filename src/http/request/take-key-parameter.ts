// A key in the address is removed from it first of all, so that no log line, link or entity tag can hold it.
import type { Request } from 'express';

/**
 * The value of the query parameter, which is removed from the request. Clients that use it append it to every request
 * (Power BI: *Web API*), so links need not carry it.
 */
export function takeKeyParameter(request: Request, name: string | null): string | undefined {
  if (name === null) return undefined;
  const queryStart = request.originalUrl.indexOf('?');
  if (queryStart < 0) return undefined;
  const options = request.originalUrl.slice(queryStart + 1).split('&');
  const isKey = (option: string): boolean => option.startsWith(`${name}=`);
  const keys = options.filter(isKey).map((option) => option.slice(name.length + 1));
  if (keys.length === 0) return undefined;
  const rest = options.filter((option) => !isKey(option)).join('&');
  request.originalUrl = `${request.originalUrl.slice(0, queryStart)}${rest === '' ? '' : `?${rest}`}`;
  // Joined as repeated headers are: several keys are not a valid key.
  return keys.join(', ');
}
