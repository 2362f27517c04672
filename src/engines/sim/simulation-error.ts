// Why a simulated program cannot be run.
import { HwbkptError } from '../../base/errors.js';

export class SimulationError extends HwbkptError {
  readonly code = 'bad-simulation';
  readonly path: string;

  constructor(path: string, problem: string, hint: string) {
    super(`${path}: ${problem}`, { hint });
    this.path = path;
  }
}
