// All packets that are answered, by name.
import type { Handler } from '../packet.js';
import { agreements } from './agreements.js';
import { command } from './command.js';
import { files } from './files.js';
import { leaving } from './leaving.js';
import { lldb } from './lldb.js';
import { memory } from './memory.js';
import { points } from './points.js';
import { question } from './question.js';
import { registers } from './registers.js';
import { resume } from './resume.js';
import { supported } from './supported.js';
import { symbols } from './symbols.js';
import { threadLocal } from './thread-local.js';
import { threads } from './threads.js';
import { transfer } from './transfer.js';

export const PACKETS: ReadonlyMap<string, Handler> = new Map(
  [
    ...[agreements, command, files, leaving, lldb, memory, points, question, registers, resume, supported, symbols, threadLocal, threads],
    transfer,
  ].flatMap((packets) => Object.entries(packets)),
);
