// Which names an instruction or a line of the script mentions, and as what: the checker's and the timeline's view of them.
import type { AddressText, Named, RangeText } from './address.js';
import type { EventText, Fact } from './facts.js';
import type { ActionText, CallText, InstructionText } from './program-text.js';
import type { RequestText, ResultText } from './requests.js';
import type { Statement } from './scenario.js';

/** Addresses that are no ranges. */
export function addressesOfInstruction(instruction: InstructionText): AddressText[] {
  switch (instruction.op) {
    case 'touch':
      return [instruction.at];
    case 'go':
    case 'loop':
      return [instruction.to];
    case 'rep':
      return instruction.from === null ? [] : [instruction.from];
    case 'syscall':
      return addressesOfCall(instruction.call);
    case 'plain':
    case 'access':
    case 'cmpxchg':
    case 'io':
    case 'number':
    case 'popf':
      return [];
  }
}

function addressesOfCall(call: CallText): AddressText[] {
  switch (call.name) {
    case 'work':
      return call.actions.flatMap((action) => (action.act === 'kprobe' || action.act === 'run' ? [action.at] : []));
    case 'fork':
    case 'vfork':
    case 'clone':
      return [call.child];
    case 'exec':
      return [call.to];
    case 'sigaction':
      return typeof call.action === 'string' ? [] : [call.action];
    case 'exit':
    case 'yield':
    case 'sigreturn':
    case 'vm86':
    case 'raise':
    case 'sigmask':
      return [];
  }
}

export function rangesOfInstruction(instruction: InstructionText): RangeText[] {
  switch (instruction.op) {
    case 'access':
    case 'cmpxchg':
      return [instruction.range];
    case 'rep':
      return [instruction.to];
    case 'syscall':
      return instruction.call.name === 'work' ? instruction.call.actions.flatMap(rangesOfAction) : [];
    case 'plain':
    case 'touch':
    case 'io':
    case 'number':
    case 'popf':
    case 'go':
    case 'loop':
      return [];
  }
}

function rangesOfAction(action: ActionText): RangeText[] {
  return 'range' in action && action.range !== null ? [action.range] : [];
}

export function threadsOfStatement(statement: Statement): Named[] {
  switch (statement.kind) {
    case 'run':
      return [statement.thread];
    case 'switch':
      return statement.to === null ? [] : [statement.to];
    case 'request': {
      const { request } = statement;
      return 'thread' in request && request.thread !== null ? [request.thread] : [];
    }
    case 'expect':
      return threadsOfFact(statement.fact);
    case 'mark':
    case 'effects':
    case 'fail':
      return [];
  }
}

function threadsOfFact(fact: Fact): Named[] {
  const direct = 'thread' in fact && fact.thread !== null ? [fact.thread] : [];
  return [...direct, ...eventsOf(fact).flatMap((event) => ('thread' in event ? [event.thread] : []))];
}

function eventsOf(fact: Fact): readonly EventText[] {
  if (fact.kind === 'times') return [fact.event];
  return fact.kind === 'order' ? fact.events : [];
}

/** `orThread`: a thread's name may stand there as well. */
export interface Mention {
  readonly address: AddressText;
  readonly orThread: boolean;
}

export function addressesOfStatement(statement: Statement): Mention[] {
  const plain = (address: AddressText): Mention => ({ address, orThread: false });
  switch (statement.kind) {
    case 'run':
      return statement.limit.kind === 'until' ? [plain(statement.limit.to)] : [];
    case 'request':
      return [...addressesOfRequest(statement.request).map(plain), ...statement.results.flatMap(({ result }) => valuesOf(result))];
    case 'expect': {
      const { fact } = statement;
      if (fact.kind === 'at') return [plain(fact.address)];
      return fact.kind === 'virtual' || fact.kind === 'physical' ? [plain(fact.value)] : [];
    }
    case 'switch':
      return statement.between !== null && 'at' in statement.between ? [plain(statement.between.at)] : [];
    case 'mark':
    case 'effects':
    case 'fail':
      return [];
  }
}

function addressesOfRequest(request: RequestText): AddressText[] {
  switch (request.ask) {
    case 'poke':
      return [request.value];
    case 'setdbregs':
      return request.registers.map(({ value }) => value);
    case 'write-watchpoint':
      return request.fields.address === null ? [] : [request.fields.address];
    case 'attach':
    case 'detach':
    case 'cont':
    case 'singlestep':
    case 'options':
    case 'peek':
    case 'siginfo':
    case 'geteventmsg':
    case 'count-watchpoints':
    case 'set':
    case 'read-watchpoint':
    case 'getdbregs':
    case 'register':
    case 'modify':
    case 'unregister':
    case 'swallow':
    case 'leave':
    case 'kwatch':
    case 'unkwatch':
    case 'open':
    case 'close':
    case 'count':
      return [];
  }
}

function valuesOf(result: ResultText): Mention[] {
  return result.kind === 'value' ? [{ address: result.value, orThread: true }] : [];
}

export function rangesOfStatement(statement: Statement): RangeText[] {
  if (statement.kind === 'request') {
    const { request, results } = statement;
    const asked = 'breakpoint' in request && request.breakpoint !== null ? [request.breakpoint] : [];
    const answered = results.flatMap(({ result }) => (result.kind === 'slot' && result.breakpoint !== null ? [result.breakpoint] : []));
    return [...asked, ...answered].map(({ range }) => range);
  }
  if (statement.kind === 'switch') return statement.between === null ? [] : rangesOfAction(statement.between);
  if (statement.kind !== 'expect') return [];
  const { fact } = statement;
  const armed = fact.kind === 'armed' ? fact.breakpoints.map(({ range }) => range) : [];
  const memory = fact.kind === 'memory' ? [fact.range] : [];
  return [...armed, ...memory, ...eventsOf(fact).flatMap((event) => (event.of === 'access' ? [event.range] : []))];
}
