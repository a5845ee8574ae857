// What crosses between the server's thread and the threads that read: plain data, both ways.
import type { ErrorCode } from '../../base/error-codes.ts';
import { FeedError, type FeedErrorDetail } from '../../base/feed-error.ts';
import type { SqlValue, Statement } from '../../sql/statement.ts';
import type { ReadFiles } from './open-to-read.ts';

/** What a thread is born with. */
export interface ThreadData {
  /** One Int32: the number of the task that the thread is to stop. */
  readonly stop: SharedArrayBuffer;
  /** Whether the other threads of the process go before it where processors are short. */
  readonly givesWay: boolean;
}

export interface Task {
  /** Int32 from 1. */
  readonly number: number;
  readonly files: ReadFiles;
  readonly statement: Statement;
}

/** A value of a row as SQLite gave it: integers as numbers where a number holds them exactly, else as bigint. */
export type Cell = SqlValue | Uint8Array;
export type Cells = readonly Cell[];

/** The one row of a task's statement, or null for none; or why there is no answer. */
export type Outcome =
  { readonly kind: 'row'; readonly cells: Cells | null } | { readonly kind: 'failed'; readonly why: Failure };

export interface Reply {
  readonly outcome: Outcome;
  /** For which the thread worked on it. */
  readonly milliseconds: number;
}

/** An error as data: a clone of an Error would forget its class and whatever its class added. */
export type Failure =
  | {
      readonly kind: 'feed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly detail: FeedErrorDetail;
    }
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string | undefined };

export function failureOf(error: unknown): Failure {
  if (error instanceof FeedError) {
    const { code, message, target, hint, position, retryAfterSeconds } = error;
    const detail = { target, hint, position, retryAfterSeconds };
    const known = Object.entries(detail).filter(([, value]) => value !== undefined);
    return { kind: 'feed', code, message, detail: Object.fromEntries(known) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'defect', message, stack: error instanceof Error ? error.stack : undefined };
}

export function errorOf(failure: Failure): Error {
  if (failure.kind === 'feed') return new FeedError(failure.code, failure.message, failure.detail);
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
