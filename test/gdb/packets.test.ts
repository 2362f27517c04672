// What each packet is answered, over a made process: nothing here stops or traces anything. Who runs and stands: running-packets.test.ts.
import { describe, expect, test } from 'vitest';
import { fakeTarget, PID } from '../session/fake-control.js';
import { connected, MULTI, P, standing, X } from './made-gdb.js';
import { hex, Talk } from './talk.js';

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
