// The audit log of the feed: who read what.
import { entity, instant, int32, int64, navigation, text, textOrNull, bool } from '../entity.ts';

export const reads = entity({
  name: 'reads',
  singular: 'read',
  lifetime: 'current',
  beta: true,
  hiddenByDefault: true,
  description:
    'The audit of the feed: one row for each request that asked for data, up to the last night, also for those that were refused.',
  key: ['requestId'],
  properties: {
    requestId: text('Id of the request, which its answer has as the header request-id.'),
    dateKey: int32('Day of the request, as yyyymmdd in UTC; joins dates.dateKey.'),
    answeredDateTimeUTC: instant('When the answer was out, or the client gone, in UTC.'),
    caller: textOrNull(
      'Who asked: key and the id of an API key, user and the object id, app and the client id, or anonymous; null for whoever was not let in.',
    ),
    role: textOrNull('Role in which they asked; null for whoever was not let in.'),
    decision: text(
      'What became of it: answered, denied (no valid credentials, or none that allow it), limited (too much or too long), rejected (not a request that can be answered), failed (a fault of the feed, or no data) or left (the client was gone).',
    ),
    method: text('Method of the request, such as GET.'),
    shape: text(
      'Path and names of the options of the request, without keys and values; what the feed has no word for is an ellipsis.',
    ),
    status: int32('HTTP status of the answer; 499 where the client had gone.'),
    code: textOrNull('Code of the error; null where there was none.'),
    rowsSent: int64('Rows of the answer.'),
    bytesSent: int64('Bytes of the body of the answer, before compression.'),
    isWhole: bool('True when all of the answer was sent.'),
    costInMilliseconds: int32('Time that the reading threads worked for it, in milliseconds.'),
    durationInMilliseconds: int32('Time from the request to the end of the answer, in milliseconds.'),
    requests: int32('How many requests the row is about: 1, or more where refused ones came very often.'),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'reads', 'The day of the request.'),
  },
});
