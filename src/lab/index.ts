// Running scenarios many times: under every kernel, and under mutants.
export { type Comparison, compareKernels, kernelsTable, notMetLines, runAllKernels } from './kernels-table.js';
export { type MutantRun, mutantLines, mutantText, runMutants } from './mutants.js';
