// What each packet is answered, over a made process: nothing here stops or traces anything.
import { describe, expect, test, vi } from 'vitest';
import { encodePacket } from '../../src/protocols/rsp/index.js';
import type { SessionOptions } from '../../src/servers/gdb/session.js';
import type { Client } from '../../src/session/debug/index.js';
import { type FakeOptions, type FakeSession, fakeTarget, PID } from '../session/fake-control.js';
import { hex, Talk } from './talk.js';

const MULTI = 'qSupported:multiprocess+;swbreak+;hwbreak+;fork-events+;vfork-events+;exec-events+;error-message+';
const P = PID.toString(16);
const X = 0x1000n;

interface Made {
  readonly session: FakeSession;
  readonly talk: Talk;
  readonly client: Client;
}

/** Like gdb after its first packets. */
async function connected(options: Partial<SessionOptions> = {}, fake: FakeOptions = {}): Promise<Made> {
  const { session, shared } = fakeTarget(fake);
  const client = shared.join({ name: 'gdb', role: 'controls' });
  const talk = new Talk(client, options);
  await talk.agree(MULTI, 'QStartNoAckMode');
  session.starts(101);
  await vi.waitFor(async () => expect(await client.threads()).toHaveLength(2));
  return { session, talk, client };
}

async function standing(options: Partial<SessionOptions> = {}): Promise<Made> {
  const made = await connected(options);
  await made.talk.ask('?');
  return made;
}

describe('at the beginning', () => {
  test('packets are acknowledged until that is given up', async () => {
    const { shared } = fakeTarget();
    await using talk = new Talk(shared.join({ name: 'gdb', role: 'controls' }));
    expect(await talk.ask('QStartNoAckMode')).toBe('OK');
    expect(talk.acks).toBe(1);
    expect(await talk.ask('vMustReplyEmpty')).toBe('');
    expect(talk.acks).toBe(1);
  });

  test('a damaged packet is asked for again, and an answer that was damaged is sent again', async () => {
    const { shared } = fakeTarget();
    await using talk = new Talk(shared.join({ name: 'gdb', role: 'controls' }));
    talk.raw(Buffer.from('$qC#00'));
    await talk.until(() => talk.nacks === 1);
    expect(await talk.ask('vMustReplyEmpty')).toBe('');
    talk.raw(Buffer.from('-'));
    expect(await talk.next()).toBe('');
  });

  test('what is offered follows from what the target can do', async () => {
    const { talk } = await connected();
    await using _ = talk;
    expect(await talk.ask(MULTI)).toMatch(/^PacketSize=8000;.*;fork-events\+;vfork-events\+;error-message\+$/);
    const { talk: other } = await connected({ followsChildren: false });
    await using _other = other;
    expect(await other.ask('qSupported:')).not.toMatch(/fork-events|error-message/);
  });

  test('`?` makes all threads stand', async () => {
    const { session, talk } = await connected();
    await using _ = talk;
    expect(await talk.ask('?')).toMatch(new RegExp(`^T0506:0{16};07:0{16};10:0{16};thread:p${P}.${P};$`));
    expect([...session.threads.values()].map(({ stop }) => stop?.cause.kind)).toEqual(['interrupted', 'interrupted']);
    expect(await talk.ask('qfThreadInfo')).toBe(`mp${P}.${P},p${P}.65`);
    expect(await talk.ask('qsThreadInfo')).toBe('l');
    expect(await talk.ask('qC')).toBe(`QCp${P}.${P}`);
  });

  test('unknown packets are answered by nothing', async () => {
    const { talk } = await standing();
    await using _ = talk;
    for (const content of [
      'vAttach;1',
      '_M100,rwx',
      'qTStatus',
      'R00',
      '!',
      'b',
      'jFoo',
      'QSaveRegisterState',
      'Z5,0,0',
      'qXfer:memory-map:read::0,100',
    ])
      expect(await talk.ask(content)).toBe('');
  });
});

describe('registers and memory', () => {
  test('one register after the other', async () => {
    const { talk } = await standing();
    await using _ = talk;
    expect(await talk.ask('g')).toBe('0'.repeat(328));
    expect(await talk.ask('P10=3412000000000000')).toBe('OK');
    expect(await talk.ask('p10')).toBe('3412000000000000');
    expect(await talk.ask(`P28=${'ab'.repeat(16)}`)).toBe('OK');
    expect(await talk.ask('p28')).toBe('ab'.repeat(16));
    expect(await talk.ask('P10=34')).toMatch(/^E\.rip cannot be set to 1 bytes/);
    expect(await talk.ask('p999')).toMatch(/^E\.no register/);
    expect(await talk.ask(`G${'11'.repeat(8)}${'22'.repeat(8)}`)).toBe('OK');
    expect((await talk.ask('g')).slice(0, 32)).toBe('11'.repeat(8) + '22'.repeat(8));
  });

  test('of running threads none', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    expect(await talk.ask('g')).toMatch(/^E\./);
  });

  test('memory in hex and as it is', async () => {
    const { talk } = await standing();
    await using _ = talk;
    expect(await talk.ask('M1000,3:0a0b0c')).toBe('OK');
    expect(await talk.ask('X1003,2:#}')).toBe('OK');
    expect(await talk.ask('X1003,0:')).toBe('OK');
    expect(await talk.ask('m1000,5')).toBe('0a0b0c237d');
    expect(await talk.ask('M1000,3:0a')).toMatch(/^E\.the data/);
    expect(await talk.ask('mzz,1')).toMatch(/^E\./);
  });
});

describe('breakpoints and watchpoints', () => {
  test('a hit is told with its address, when all threads stand', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    expect(await talk.ask('Z2,1000,8')).toBe('OK');
    talk.send('vCont;c:p-1.-1');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.stores(PID, X, 7n);
    expect(await talk.next()).toMatch(new RegExp(`^T05.*;watch:1000;thread:p${P}.${P};$`));
    expect(await talk.ask('m1000,8')).toBe('0700000000000000');
  });

  test('two that are hit by one access are told one after the other, and nobody runs in between', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    await talk.agree('Z2,1000,8', 'Z2,1004,4', 'Z4,1000,8');
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    const before = session.log.length;
    session.stores(PID, X, 7n);
    expect(await talk.next()).toContain(';watch:1000;');
    session.memory.set(0n, 0);
    expect(session.log.slice(before).filter((line) => line.startsWith('resume'))).toEqual([]);
  });

  test('one that is taken away and set again while all stand stays armed', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    await talk.agree('Z2,1000,8', 'z2,1000,8');
    expect(session.armed).toEqual([0x1000]);
    await talk.agree('Z2,1000,8', 'z2,1000,8');
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    expect(session.armed).toEqual([]);
  });

  test('what cannot be served is refused with a reason', async () => {
    const { talk } = await standing();
    await using _ = talk;
    expect(await talk.ask('Z2,1000,28')).toMatch(/^E\..*40 bytes/);
    await talk.agree('Z1,2000,1', 'Z1,2001,1', 'Z1,2002,1', 'Z1,2003,1');
    expect(await talk.ask('Z2,1000,8')).toMatch(/^E\..*debug register/);
    expect(talk.said.at(-1)).toMatch(/^refused a watchpoint at 0x1000: /);
    // What is not wanted any more makes room.
    await talk.agree('z1,2000,1');
    expect(await talk.ask('Z2,1000,8')).toBe('OK');
  });

  test('errors are numbers for those who cannot take more', async () => {
    const { shared } = fakeTarget();
    await using talk = new Talk(shared.join({ name: 'gdb', role: 'controls' }));
    await talk.agree('QStartNoAckMode', '?');
    expect(await talk.ask('Z2,1000,28')).toBe('E1c');
    await talk.agree('QEnableErrorStrings');
    expect(await talk.ask('Z2,1000,28')).toMatch(/^E1c;[0-9a-f]+$/);
  });

  test('with --int3 gdb writes its breakpoints itself', async () => {
    const { talk } = await standing({ int3: true });
    await using _ = talk;
    expect(await talk.ask('Z0,2000,1')).toBe('');
    expect(await talk.ask('Z1,2000,1')).toBe('OK');
  });
});

describe('running', () => {
  test('a step, and a range of them', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send(`vCont;s:p${P}.${P}`);
    await talk.until(() => session.log.includes('step 100 0 breakpoint'));
    session.stands(PID, { kind: 'step' });
    expect(await talk.next()).toMatch(/^T05.*10:0{16};thread:/);
    talk.send(`vCont;r0,10:p${P}.${P}`);
    await talk.until(() => session.log.filter((line) => line.startsWith('step')).length === 2);
    // Its rip is 0, within the range: it is stepped on.
    session.stands(PID, { kind: 'step' });
    await talk.until(() => session.log.filter((line) => line.startsWith('step')).length === 3);
    expect(talk.answers).toEqual([]);
    talk.interrupt();
    expect(await talk.next()).toMatch(/^T02/);
  });

  test('signals in their own numbers, both ways', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.stands(PID, { kind: 'signal', signal: 10 });
    expect(await talk.next()).toMatch(/^T1e/);
    expect((await talk.ask('qXfer:siginfo:read::0,200')).length).toBe(129);
    talk.send(`vCont;C1e:p${P}.${P};c`);
    await talk.until(() => session.log.includes('resume 100 10'));
    session.stands(PID, { kind: 'signal', signal: 7 });
    expect(await talk.next()).toMatch(/^T0a/);
  });

  test('signals that gdb does not want stop nobody', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    expect(await talk.ask('QPassSignals:1e;e')).toBe('OK');
    expect(session.policy.signals.has(10)).toBe(false);
    expect(session.policy.signals.has(14)).toBe(false);
    expect(session.policy.signals.has(11)).toBe(true);
  });

  test('an interrupt', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    talk.interrupt();
    expect(await talk.next()).toMatch(new RegExp(`^T02.*thread:p${P}.${P};`));
  });

  test('an interrupt that comes with the packet that it is to interrupt', async () => {
    const { talk } = await standing();
    await using _ = talk;
    talk.raw(Buffer.concat([encodePacket('vCont;c'), Uint8Array.of(3)]));
    expect(await talk.next()).toMatch(/^T02/);
  });

  test('threads that were killed while they stood: the end in place of a stop', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    session.processEnds({ kind: 'killed', signal: 9 });
    expect(await talk.ask('vCont;c')).toMatch(/^X09/);
  });

  test('the end of the process', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.processEnds({ kind: 'exited', status: 7 });
    expect(await talk.next()).toBe(`W07;process:${P}`);
  });

  test('a signal that kills', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.processEnds({ kind: 'killed', signal: 7 });
    expect(await talk.next()).toBe(`X0a;process:${P}`);
  });

  test('a step without a slot ends in an interrupt, and the reason is told', async () => {
    const { ControlError } = await import('../../src/engines/errors.js');
    const { session, talk } = await standing();
    await using _ = talk;
    session.stepFails = new ControlError('no-slot', PID, 'all debug registers are taken');
    const why = await talk.ask(`vCont;s:p${P}.${P}`);
    expect(why).toBe(`O${hex('hwbkpt: all debug registers are taken\n')}`);
    expect(await talk.next()).toMatch(/^T02/);
    expect(session.log.filter((line) => line.startsWith('resume'))).toEqual([]);
  });
});

describe('non-stop mode', () => {
  async function nonStop(): Promise<Made> {
    const made = await connected();
    await made.talk.agree('QNonStop:1');
    expect(await made.talk.ask('?')).toMatch(new RegExp(`^T00.*thread:p${P}.${P};`));
    expect(await made.talk.ask('vStopped')).toMatch(new RegExp(`^T00.*thread:p${P}.65;`));
    expect(await made.talk.ask('vStopped')).toBe('OK');
    return made;
  }

  test('one thread stops, the other runs on', async () => {
    const { session, talk } = await nonStop();
    await using _ = talk;
    await talk.agree('Z2,1000,8');
    expect(await talk.ask('vCont;c')).toBe('OK');
    session.stores(101, X, 7n);
    await talk.until(() => talk.notices.length === 1);
    expect(talk.notices[0]).toMatch(new RegExp(`^Stop:T05.*watch:1000;thread:p${P}.65;`));
    expect(session.threads.get(PID)?.stop).toBeNull();
    expect(await talk.ask('vStopped')).toBe('OK');
    expect(await talk.ask(`vCont;t:p${P}.${P}`)).toBe('OK');
    await talk.until(() => talk.notices.length === 2);
    expect(talk.notices[1]).toMatch(new RegExp(`^Stop:T00.*thread:p${P}.${P};`));
    expect(await talk.ask('vStopped')).toBe('OK');
  });

  test('what comes before the first is acknowledged waits', async () => {
    const { session, talk, client } = await nonStop();
    await using _ = talk;
    expect(await talk.ask('vCont;c')).toBe('OK');
    session.stands(PID, { kind: 'signal', signal: 11 });
    session.stands(101, { kind: 'signal', signal: 11 });
    await vi.waitFor(async () => expect((await client.threads()).every(({ stop }) => stop !== null)).toBe(true));
    await talk.until(() => talk.notices.length === 1);
    // The second has been told to the server, which needs a moment to tell it on: an answer to another packet is later than that.
    await talk.ask('qC');
    expect(await talk.ask('vStopped')).toMatch(/^T0b/);
    expect(await talk.ask('vStopped')).toBe('OK');
    expect(talk.notices).toHaveLength(1);
  });
});

describe('children and other programs', () => {
  test('a fork, whose child gdb lets go of', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    expect(session.policy.forks).toBe(true);
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.starts(200, 200);
    session.stands(200, { kind: 'born' });
    session.stands(PID, { kind: 'fork', child: 200 });
    expect(await talk.next()).toMatch(/^T05.*;fork:pc8\.c8;thread:/);
    expect(await talk.ask('D;c8')).toBe('OK');
    expect(session.log.at(-1)).toBe('detach 200 0');
    expect(await talk.ask(`Hgp${P}.${P}`)).toBe('OK');
    expect(talk.isClosed).toBe(false);
  });

  test('another program', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.executes();
    expect(await talk.next()).toMatch(/^T05.*;exec:[0-9a-f]*;thread:/);
  });
});

describe('leaving', () => {
  test('after detach the target runs and nothing is armed', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    await talk.agree('Z2,1000,8');
    expect(await talk.ask(`D;${P}`)).toBe('OK');
    await talk.until(() => talk.isClosed);
    expect(session.armed).toEqual([]);
    expect(session.log).toContain('resume 100 0');
  });

  test('whoever just goes leaves nothing behind', async () => {
    const { session, talk } = await standing();
    await talk.agree('Z2,1000,8');
    await talk[Symbol.asyncDispose]();
    expect(session.armed).toEqual([]);
    expect(session.log).toContain('resume 100 0');
  });

  test('kill', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    expect(await talk.ask(`vKill;${P}`)).toBe('OK');
    expect(session.log).toContain('kill 100');
    expect(await talk.ask('vKill;9999')).toMatch(/^E\./);
  });
});

describe('files and documents', () => {
  test('files are read, never written', async () => {
    const { talk } = await standing();
    await using _ = talk;
    const path = hex(import.meta.filename ?? '');
    expect(await talk.ask('vFile:setfs:0')).toBe('F0');
    const opened = await talk.ask(`vFile:open:${path},0,0`);
    expect(opened).toMatch(/^F[0-9a-f]+$/);
    expect(await talk.ask(`vFile:pread:${opened.slice(1)},10,0`)).toBe('F10;// What each pac');
    expect(await talk.ask(`vFile:fstat:${opened.slice(1)}`)).toMatch(/^F40;/);
    expect(await talk.ask(`vFile:close:${opened.slice(1)}`)).toBe('F0');
    expect(await talk.ask(`vFile:close:${opened.slice(1)}`)).toBe('F-1,9');
    expect(await talk.ask(`vFile:open:${path},1,0`)).toBe('F-1,d');
    expect(await talk.ask(`vFile:open:${hex('/nowhere')},0,0`)).toBe('F-1,2');
    expect(await talk.ask('vFile:unlink:00')).toBe('');
  });

  test('documents come in parts', async () => {
    const { talk } = await standing();
    await using _ = talk;
    let text = '';
    for (let part = 'm'; part.startsWith('m'); text += part.slice(1))
      part = await talk.ask(`qXfer:features:read:target.xml:${text.length.toString(16)},100`);
    expect(text).toMatch(/^<\?xml.*<\/target>$/s);
    expect(await talk.ask('qXfer:features:read:other.xml:0,100')).toMatch(/^E\./);
    expect(await talk.ask('qXfer:threads:read::0,1000')).toContain(`<thread id="p${P}.${P}"`);
    expect(await talk.ask('qXfer:features:write:x:0,100')).toBe('');
  });

  test('monitor', async () => {
    const { talk } = await standing();
    await using _ = talk;
    await talk.agree('Z2,1000,8');
    const slots = Buffer.from(await talk.ask(`qRcmd,${hex('slots')}`), 'hex').toString();
    expect(slots).toBe('4 in each thread\ngdb: 0x1000:8 at 0x1000, 8 bytes, armed\n');
    expect(Buffer.from(await talk.ask(`qRcmd,${hex('toString')}`), 'hex').toString()).toMatch(/no such command/);
  });
});
