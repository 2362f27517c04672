// A hit as it is kept: 64-bit numbers as halves, values as bytes. What the model's Hit shows of that is worked out when somebody asks.
import { as, type VirtualAddress } from '../base/brand.js';
import { joinU64 } from '../base/u64.js';
import { valueToJson } from './format-value.js';
import type { WatchInfo } from './hit.js';
import type { JsonValue } from './messages.js';
import { sameValue } from './same-value.js';

/** What Hit says of time, place and values, from what a subclass keeps. */
export abstract class HalvedHit {
  abstract readonly watch: WatchInfo;
  /** {@link time} as halves. */
  abstract readonly timeLo: number;
  abstract readonly timeHi: number;
  /** {@link ip} as halves. */
  abstract readonly ipLo: number;
  abstract readonly ipHi: number;
  abstract readonly oldBytes: Uint8Array | null;
  abstract readonly newBytes: Uint8Array | null;

  get time(): bigint {
    return joinU64(this.timeLo, this.timeHi);
  }

  get ip(): VirtualAddress {
    return as<VirtualAddress>(joinU64(this.ipLo, this.ipHi));
  }

  get oldValue(): JsonValue {
    return valueToJson(this.oldBytes, this.watch.type);
  }

  get newValue(): JsonValue {
    return valueToJson(this.newBytes, this.watch.type);
  }

  get sameValue(): boolean {
    return this.oldBytes !== null && this.newBytes !== null && sameValue(this.oldBytes, this.newBytes, this.watch.type);
  }
}
