// The scenario language: from a text to what is there, what happens and what must be seen.
export { type Parsed, parseScenario } from './parse.js';
export { kernelsOf, type RuleChange, type Scenario, type Statement } from './scenario.js';
export { markedLine, ScenarioError, type ScenarioErrorCode } from './scenario-error.js';
