// What names a process for ever: its number and when it began, as others get the number once it has ended.
export { isAlive, startTime } from '../engines/host/facts.js';
