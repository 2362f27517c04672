// The room's public face.
export type { Want } from './choose.js';
export { parseCondition } from './condition.js';
export { ConditionError, type ConditionProblem } from './condition-error.js';
export type { ConditionLocal, ConditionNames } from './condition-meaning.js';
export { type Content, type Contents, contentsOf, type Entry } from './contents.js';
export * from './errors.js';
export type { AddressExpression, Expression, NameExpression, PathStep, RegisterExpression } from './expression.js';
export { ExpressionError } from './expression-error.js';
export { parseExpression } from './parse.js';
export type { Followed } from './part.js';
export { type Resolved, type ResolveOptions, resolve, resolveExpression } from './resolve.js';
export { type MangledSymbol, type Memory, type ScopeModule, type SymbolScope, scopeOfThread } from './scope.js';
export { suggestions } from './suggestions.js';
