import { expect, test, vi } from 'vitest';
import { Pace, Pulse } from './pulse.js';

async function waitFor(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    if (!condition()) throw new Error('not yet');
  });
}

test('beats until it is told not to, one after the other', async () => {
  let beats = 0;
  let together = 0;
  let most = 0;
  const pulse = new Pulse(
    async () => {
      most = Math.max(most, ++together);
      await new Promise((resolve) => setTimeout(resolve, 1));
      together--;
      pulse.hurry();
      return ++beats < 5 ? 0 : null;
    },
    (error) => expect.unreachable(String(error)),
  );
  pulse.hurry();
  pulse.hurry();
  await waitFor(() => beats === 5);
  expect(most).toBe(1);
  pulse.hurry();
  await waitFor(() => beats === 6);
});

test('hurrying does not wait for the next beat', async () => {
  let beats = 0;
  const pulse = new Pulse(
    async () => {
      beats++;
      return 3_600_000;
    },
    () => undefined,
  );
  pulse.hurry();
  await waitFor(() => beats === 1);
  pulse.hurry();
  await waitFor(() => beats === 2);
  pulse.stop();
});

test('urging brings a beat at once, and another one after that which is under way', async () => {
  let beats = 0;
  let release = (): void => undefined;
  const pulse = new Pulse(
    () => {
      beats++;
      return new Promise((resolve) => {
        release = () => resolve(3_600_000);
      });
    },
    () => undefined,
  );
  pulse.urge();
  pulse.urge();
  await waitFor(() => beats === 1);
  pulse.urge();
  pulse.urge();
  release();
  await waitFor(() => beats === 2);
  release();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(beats).toBe(2);
  pulse.stop();
  pulse.urge();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(beats).toBe(2);
});

test('stops for good, also from within a beat', async () => {
  let beats = 0;
  const pulse = new Pulse(
    async () => {
      beats++;
      pulse.stop();
      return 0;
    },
    () => undefined,
  );
  pulse.hurry();
  await waitFor(() => beats === 1);
  pulse.hurry();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(beats).toBe(1);
});

test('what a beat throws ends it and is told', async () => {
  const failures: unknown[] = [];
  let beats = 0;
  const pulse = new Pulse(
    async () => {
      beats++;
      throw new Error('broken');
    },
    (error) => failures.push(error),
  );
  pulse.hurry();
  await waitFor(() => failures.length === 1);
  pulse.hurry();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect({ beats, failures }).toEqual({ beats: 1, failures: [new Error('broken')] });
});

test('the pace is quick while there is something to do, and slows down after it', () => {
  const pace = new Pace();
  const pauses = [
    pace.pause(false, true, 0),
    pace.pause(true, true, 10),
    pace.pause(false, true, 1009),
    pace.pause(false, true, 1010),
    pace.pause(true, false, 2000),
    pace.pause(false, false, 2001),
  ];
  expect(pauses).toEqual([20, 2, 5, 20, 2, 50]);
});
