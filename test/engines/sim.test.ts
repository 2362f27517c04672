// The sim engine under the suite that all engines share, on simulated programs.
import { engineConformance } from '../conformance/engine-conformance.js';
import { SimWorld } from '../conformance/sim-world.js';

engineConformance([], new SimWorld());
