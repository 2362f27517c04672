// The library: attach to a process or launch one, watch names, iterate over hits.

export { HwbkptError } from '../base/errors.js';
export type { Surroundings } from '../engines/host/facts.js';
export type { Ending } from '../engines/host/lifecycle.js';
export { ConditionError } from '../expressions/condition-error.js';
// What Target.watch throws besides: each with its code, fields and a hint.
export * from '../expressions/errors.js';
export { ExpressionError } from '../expressions/expression-error.js';
export type { Access, Inherit } from '../model/access.js';
export type { NotCovered } from '../model/coverage.js';
export type { Hit, TargetEvent, WatchInfo } from '../model/hit.js';
export type { JsonValue, SummaryMessage } from '../model/messages.js';
export type { Place } from '../model/place.js';
export type { ValueSource, ValueType } from '../model/value.js';
export { CoverError } from '../registers/index.js';
export { NotAKernelFileError } from '../symbols/live/kernel-file.js';
export { WrongVmlinuxError } from '../symbols/live/kernel-file-names.js';
export { PerCpuVariableError } from '../symbols/live/kernel-per-cpu.js';
export { KernelAddressesHiddenError } from '../symbols/live/kernel-symbols.js';
export { NoProcessImageError } from '../symbols/live/process-image.js';
export { attach } from './attach.js';
export { attachKernel } from './attach-kernel.js';
export { ENGINE_NAMES, EngineUnavailableError } from './choose-engine.js';
export * from './debug/index.js';
export { holderText } from './diagnostics.js';
export * from './errors.js';
export { type EngineReport, examineMachine, examineProcess, type MachineReport, type ProcessReport, slotHolders } from './examine.js';
export type { HitRecord } from './hit-record.js';
export * from './interfaces/index.js';
export * from './kernel-errors.js';
export { launch } from './launch.js';
export type { KernelOptions, TargetOptions, WatchOptions } from './options.js';
export type { Item } from './outbox.js';
export { type Accessor, type Counted, type SpeedOf, Tally, type TallyRow } from './tally.js';
export { Target } from './target.js';
export { Watch, type WatchArming } from './watch.js';
