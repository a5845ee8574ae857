// What the doors need to answer: made once when the server starts.
import type { Catalogue } from '../../schema/derive/catalogue.ts';
import type { Model } from '../../schema/model.ts';
import type { FeedVersion } from '../../schema/words.ts';
import type { Clock } from '../base/clock.ts';
import type { Observer } from '../base/observation.ts';
import type { Engine } from '../engines/engine.ts';

export interface Feed {
  readonly model: Model;
  readonly catalogues: Readonly<Record<FeedVersion, Catalogue>>;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly settings: FeedSettings;
}

export interface FeedSettings {
  readonly publicUrl: string | null;
  /** As Express reads `trust proxy`: addresses, subnets, `loopback`, …; none for an empty list. */
  readonly trustedProxies: readonly string[];
  /** Rows of one page, unless the client asks for fewer. */
  readonly pageRows: number;
  readonly readyHours: number;
}
