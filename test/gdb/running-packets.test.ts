// Packets that let a made process run, stop and go: what is told of it, in both modes.
import { describe, expect, test, vi } from 'vitest';
import { encodePacket } from '../../src/protocols/rsp/index.js';
import { PID } from '../session/fake-control.js';
import { connected, type Made, P, standing, X } from './made-gdb.js';
import { hex } from './talk.js';

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

  test('an interrupt that comes between two of many steps ends them', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send(`vCont;s:p${P}.${P}`);
    await talk.until(() => session.log.some((line) => line.startsWith('step')));
    session.stands(PID, { kind: 'step' });
    expect(await talk.next()).toMatch(/^T05/);
    talk.interrupt();
    talk.send(`vCont;s:p${P}.${P}`);
    expect(await talk.next()).toMatch(/^T02/);
    // Once.
    talk.send(`vCont;s:p${P}.${P}`);
    await talk.until(() => session.log.filter((line) => line.startsWith('step')).length === 3);
    session.stands(PID, { kind: 'step' });
    expect(await talk.next()).toMatch(/^T05/);
  });

  test('an interrupt that comes when gdb has stopped for something else means nothing any more', async () => {
    const { session, talk } = await standing();
    await using _ = talk;
    talk.send('vCont;c');
    await talk.until(() => session.log.some((line) => line.startsWith('resume')));
    session.stands(PID, { kind: 'signal', signal: 10 });
    expect(await talk.next()).toMatch(/^T1e/);
    talk.interrupt();
    talk.send('vCont;c');
    await talk.until(() => session.log.filter((line) => line.startsWith('resume')).length === 2);
    session.stands(PID, { kind: 'signal', signal: 7 });
    expect(await talk.next()).toMatch(/^T0a/);
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
