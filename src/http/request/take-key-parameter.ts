// A key that comes in the address is taken out of it at the border: no log line, link or entity tag can hold it then.
import type { Request } from 'express';

/**
 * The value of the query parameter, and the request without it. Clients that know no other way append it to each
 * request by themselves (Power BI: *Web API*), so links need not carry it.
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
  // As headers that come twice: several keys are one text that is none.
  return keys.join(', ');
}
