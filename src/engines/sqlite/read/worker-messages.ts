// The messages between the main thread and the read threads: plain data, both ways.
import type { ErrorCode } from '../../../base/error-codes.ts';
import { FeedError, type FeedErrorDetail } from '../../../base/feed-error.ts';
import type { SqlValue, Statement } from '../../../sql/statement.ts';
import type { ReadFiles } from './open-read-connection.ts';
import type { StatementGuards } from './register-functions.ts';

/** What a thread is started with. */
export interface ReadWorkerData {
  /** One Int32: the number of the task to stop. */
  readonly stop: SharedArrayBuffer;
  /** Whether the thread gives way to the others of the process when processors are busy. */
  readonly lowersPriority: boolean;
  readonly limits: StatementGuards['limits'];
}

export interface ReadTask {
  /** Int32 from 1. */
  readonly number: number;
  readonly files: ReadFiles;
  readonly statement: Statement;
}

/** A value of a row: integers are numbers where a number holds them exactly, else bigint. */
export type SqliteValue = SqlValue | Uint8Array;
export type SqliteRow = readonly SqliteValue[];

/** The one row of a task's statement, or null for none; or why there is no answer. */
export type ReadOutcome =
  | { readonly kind: 'row'; readonly cells: SqliteRow | null }
  | { readonly kind: 'failed'; readonly why: SerializedError };

export interface ReadReply {
  readonly outcome: ReadOutcome;
  /** Thread time. */
  readonly milliseconds: number;
}

/** An error as data: a structured clone loses the class of an Error and its additional properties. */
export type SerializedError =
  | {
      readonly kind: 'feed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly detail: FeedErrorDetail;
    }
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string | undefined };

export function serializeError(error: unknown): SerializedError {
  if (error instanceof FeedError) {
    const { code, message, target, hint, position, retryAfterSeconds } = error;
    const detail = { target, hint, position, retryAfterSeconds };
    const known = Object.entries(detail).filter(([, value]) => value !== undefined);
    return { kind: 'feed', code, message, detail: Object.fromEntries(known) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'defect', message, stack: error instanceof Error ? error.stack : undefined };
}

export function deserializeError(failure: SerializedError): Error {
  if (failure.kind === 'feed') return new FeedError(failure.code, failure.message, failure.detail);
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
