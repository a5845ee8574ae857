// What the handlers need to answer requests: made once per role.
import { createHash } from 'node:crypto';
import { deriveExposedModel, type ExposedModel } from '../../schema/derive/exposed-model.ts';
import { indexedColumnsOf } from '../../schema/derive/indexed-columns.ts';
import { restrictModel } from '../../schema/derive/restrict-model.ts';
import type { Model } from '../../schema/model.ts';
import type { FeedVersion } from '../../schema/entity.ts';
import type { Role } from '../auth/roles.ts';
import type { Clock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { Observer } from '../base/observation.ts';
import type { Engine } from '../engines/engine.ts';
import type { Dialect } from '../sql/dialect.ts';
import { metadataTexts, type MetadataTexts } from './documents/metadata-texts.ts';

export interface Feed {
  readonly model: Model;
  readonly exposedModels: Readonly<Record<FeedVersion, ExposedModel>>;
  readonly engine: Engine;
  /** The SQL dialect of the engine's database. */
  readonly dialect: Dialect;
  readonly metadata: MetadataTexts;
  /** Collection → columns that have an index. */
  readonly indexedColumns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Changes with the model: part of every entity tag. */
  readonly fingerprint: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly observe: Observer;
  readonly settings: FeedSettings;
}

export interface FeedSettings {
  readonly publicUrl: string | null;
  /** Who may read without credentials. */
  readonly anonymous: 'loopback' | 'allow' | 'never';
  /** Name of the query parameter that may hold a key. */
  readonly keyParameter: string | null;
  /** As Express reads `trust proxy`: addresses, subnets, `loopback`, …; none for an empty list. */
  readonly trustedProxies: readonly string[];
  /** Origins of web pages that may read the feed. */
  readonly corsOrigins: readonly string[];
  /** Rows of one page, unless the client asks for fewer. */
  readonly pageRows: number;
  readonly readyHours: number;
}

export type FeedDependencies = Pick<
  Feed,
  'model' | 'engine' | 'dialect' | 'clock' | 'limits' | 'observe' | 'settings'
>;

export function makeFeed(dependencies: FeedDependencies): Feed {
  const { model } = dependencies;
  const exposedModels = {
    'v1.0': deriveExposedModel(model, 'v1.0'),
    beta: deriveExposedModel(model, 'beta'),
  };
  const shape = JSON.stringify([model.namespace, ...model.entities.values()]);
  return {
    ...dependencies,
    exposedModels,
    indexedColumns: indexedColumnsOf(model),
    metadata: metadataTexts(model.namespace, exposedModels),
    fingerprint: createHash('sha256').update(shape).digest('base64url'),
  };
}

/** The feed as each role sees it, made when the role is first used. */
export function feedsByRole(dependencies: FeedDependencies): (role: Role) => Feed {
  const cached = new Map<string, Feed>();
  return (role) => {
    const feed =
      cached.get(role.name) ?? makeFeed({ ...dependencies, model: restrictModel(dependencies.model, role) });
    cached.set(role.name, feed);
    return feed;
  };
}
