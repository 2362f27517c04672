// The stop engine where perf events are refused, under the suite that all engines share: the threads' own debug registers, armed by a guardian.
import { StopEngine } from '../../src/engines/stop/engine.js';
import { engineConformance } from '../conformance/engine-conformance.js';
import { LiveWorld } from '../conformance/live-world.js';

engineConformance(['gcc', 'ptrace'], new LiveWorld(new StopEngine(true), { free: true }));
