// The perf engine under the suite that all engines share, on live processes.
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { engineConformance } from '../conformance/engine-conformance.js';
import { LiveWorld } from '../conformance/live-world.js';

engineConformance(['gcc', 'perf'], new LiveWorld(new PerfEngine()));
