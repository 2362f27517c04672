// Five want a debug register of one thread, and there are four: who gets one, who waits, and who has to leave when a tracer comes.
import { type FacilityEvent, newFacility, PRIORITY, type RequestSpec, requestOf, step } from 'hwbkpt/facility';

const facility = newFacility();
const names = ['profiler', 'logger', 'checker', 'auditor', 'late'];

/** Takes an event in, and does what the facility wants done: here it succeeds at once. */
function happens(first: FacilityEvent): void {
  const events = [first];
  for (const event of events) {
    for (const effect of step(facility, event)) {
      switch (effect.type) {
        case 'arm':
        case 'disarm':
        case 'move':
          events.push({ type: 'done', effect: effect.effect }); // A real engine would set a debug register now.
          break;
        case 'tell':
          console.log(`  ${nameOf(effect.request)} is ${effect.what} (${effect.cause})`);
          break;
        case 'refuse':
          console.log(
            `  ${nameOf(effect.request)} is refused: ${effect.code}; ${effect.candidates.map(nameOf).join(', ')} would have to go`,
          );
          break;
      }
    }
  }
}

function request(id: number, priority: number, callbacks: boolean): RequestSpec {
  const scope = { kind: 'thread', pid: 1, tid: 1 } as const;
  const pieces = [{ address: 0x60_1000 + 8 * id, length: 8 }];
  return { id, pieces, access: 'write', scope, inherit: 'none', priority, callbacks, answer: 'passed', inKernel: true };
}

function nameOf(id: number): string {
  return names[id] ?? 'the tracer';
}

for (const id of names.keys()) {
  console.log(`${nameOf(id)} asks`);
  happens({ type: 'request', request: request(id, PRIORITY.normal, true) });
  if (requestOf(facility, id)?.installed === false) console.log(`  ${nameOf(id)} waits`);
}
const tracer = names.length;
console.log('the tracer asks, at a higher priority');
happens({ type: 'request', request: request(tracer, PRIORITY.ptrace, false) });
console.log('the tracer leaves');
happens({ type: 'withdraw', id: tracer });

const waiting = [...names.keys()].filter((id) => requestOf(facility, id)?.installed === false);
console.log(`still waiting: ${waiting.map(nameOf).join(', ')}`);
