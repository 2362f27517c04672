// The bpf engine under the suite that all engines share, on live processes.
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import { engineConformance } from '../conformance/engine-conformance.js';
import { LiveWorld } from '../conformance/live-world.js';

engineConformance(['gcc', 'perf', 'bpf'], new LiveWorld(new BpfEngine()));
