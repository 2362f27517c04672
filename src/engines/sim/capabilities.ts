// What the sim engine can do. It needs nothing of the machine it runs on.
import type { Capabilities } from '../contract.js';

export const SIM_CAPABILITIES: Capabilities = {
  name: 'sim',
  stopsTarget: false,
  kernelWrites: true,
  slots: 4,
  values: 'rebuilt',
  accesses: ['write', 'readwrite', 'execute'],
  inherits: ['none', 'threads', 'children'],
  targets: ['process'],
  handles: [],
  pauses: false,
  blindTo: [],
};
