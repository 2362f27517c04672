// The scenario language: from a text to what is there, what happens and what must be seen; and a run of it on the simulated machine.
export { setColumns } from './columns.js';
export { jsonLines } from './json.js';
export { type Parsed, parseScenario } from './parse.js';
export type { Observation, Run, Verdict } from './record.js';
export { runScenario } from './run.js';
export { kernelsOf, type RuleChange, type Scenario, type Statement } from './scenario.js';
export { markedLine, ScenarioError, type ScenarioErrorCode } from './scenario-error.js';
export { timelineLines } from './timeline.js';
