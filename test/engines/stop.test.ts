// The stop engine under the suite that all engines share, on live processes.
import { StopEngine } from '../../src/engines/stop/engine.js';
import { engineConformance } from '../conformance/engine-conformance.js';
import { LiveWorld } from '../conformance/live-world.js';

engineConformance(['gcc', 'perf'], new LiveWorld(new StopEngine(), { free: true }));
