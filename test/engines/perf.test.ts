// The perf engine under the suite that all engines share.
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { engineConformance } from '../conformance/engine-conformance.js';

engineConformance(['perf'], 'perf', () => new PerfEngine());
