/** Nobody is offered what will be refused: whatever stands on a card can be opened or pressed by whoever sees it, in every state. */
import { beforeEach, expect, it } from 'vitest';
import { workflowsOf } from '../../../src/app/app.ts';
import {
  parseActionId,
  type ActionCall,
  type Context,
  type Workflow,
} from '../../../src/conversation/contract.ts';
import type { Queryable } from '../../../src/db/database.ts';
import { Refusal } from '../../../src/errors.ts';
import { selectNonconformity } from '../../../src/isms/nonconformity/nonconformity.ts';
import { selectAction } from '../../../src/isms/corrective-action/corrective-action.ts';
import type { Person } from '../../../src/records/person.ts';
import { nonconformityCard } from '../../../src/workflows/corrective-actions/plan/nonconformity-card.ts';
import { planCard } from '../../../src/workflows/corrective-actions/plan/plan-card.ts';
import { checkCard } from '../../../src/workflows/corrective-actions/check/check-card.ts';
import { actionCard } from '../../../src/workflows/corrective-actions/update/action-card.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { startHarness } from '../../support/harness.ts';
import { givenAction, givenEvidence, givenNonconformity, givenPlaces, now, places, undone, type People, type Place } from '../../isms/given-register.ts'; // prettier-ignore

const states = [
  'open',
  'contained',
  'cause_found',
  'action_planned',
  'implemented',
  'verifying',
  'closed',
  'rejected',
];
const actionStates = [
  'proposed',
  'accepted',
  'in_progress',
  'done_claimed',
  'verified',
  'declined',
  'cancelled',
];

describeOnDatabases('a card', (test) => {
  let people: People;
  let actions: Workflow['actions'];
  beforeEach(async () => {
    people = await givenPlaces(test.db);
    const isma = await startHarness({ db: test.db, clock: () => now });
    actions = Object.assign({}, ...workflowsOf(isma.app).map((each) => each.actions)) as Workflow['actions'];
    await isma.stop();
  });

  function contextOf(person: Person): Context {
    return {
      person, now, inputId: null, platform: 'test', place: { address: 'test:dm', audience: 'direct', outsiders: false }, link: null, lane: 'outside',
    } as unknown as Context; // prettier-ignore
  }

  /** Each button of a card, and those behind «More», opened; what is refused of them, in words. */
  async function refusedOf(
    tx: Queryable,
    context: Context,
    said: { buttons?: { id: string; label: string }[] },
  ) {
    const refused: string[] = [];
    for (const { id, label } of said.buttons ?? []) {
      const { command, values } = parseActionId(id);
      const call: ActionCall = { argument: (name) => values.get(name) ?? '', fields: {} };
      const handler = actions[command];
      const run =
        handler === undefined || typeof handler === 'function'
          ? handler
          : 'sign' in handler
            ? handler.sign
            : undefined;
      await tx.query('savepoint pressed');
      try {
        await run?.(tx, context, call);
      } catch (error) {
        if (!(error instanceof Refusal)) throw new Error(`${label}: ${String(error)}`, { cause: error });
        refused.push(`${label}: ${error.message}`);
      }
      await tx.query('rollback to savepoint pressed');
    }
    return refused;
  }

  it.each(['major', 'ofi'])(
    'of a record graded %s offers in no state what would be refused',
    async (grade) => {
      const refused: string[] = [];
      for (const state of states)
        for (const actionState of state === 'action_planned' ? actionStates : ['in_progress', 'verified'])
          await undone(test.db, async (tx) => {
            const proven = !['open', 'contained', 'cause_found'].includes(state);
            const approved = proven ? now : null;
            const source = proven ? 'external_audit' : 'self';
            const plan = {
              plan_approved_at: approved,
              plan_approved_by_name: approved === null ? null : 'Ana Approver',
            };
            const id = await givenNonconformity(tx, people, state, {
              grade,
              source,
              ...plan,
              decision: null,
            });
            const actionId = await givenAction(tx, people, id, actionState);
            if (proven && actionState !== 'in_progress')
              await givenEvidence(tx, people, { nonconformityId: id, actionId });
            const nonconformity = await selectNonconformity(tx, id);
            for (const place of Object.keys(places) as Place[]) {
              const context = contextOf(people[place]);
              const cards = [
                await nonconformityCard(tx, context, nonconformity),
                await nonconformityCard(tx, context, nonconformity, { more: true }),
                await planCard(tx, context, nonconformity),
                await checkCard(tx, context, nonconformity),
                await actionCard(tx, context, await selectAction(tx, actionId)),
                await actionCard(tx, context, await selectAction(tx, actionId), { more: true }),
              ];
              if (place === 'outsider' || place === 'assignee') continue;
              for (const card of cards)
                for (const words of await refusedOf(tx, context, card))
                  refused.push(`${state}, ${actionState}, ${source}, ${place}: ${words}`);
            }
          });

      expect(refused).toEqual([]);
    },
  );
});
