/** What people read and acknowledge, and what of it waits for them. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Obligation,
  type Outcome,
  type SigningAction,
  type Turn,
  type WaitingItem,
  type Workflow,
} from '../../conversation/contract.ts';
import { asWaiting } from '../../conversation/waiting.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { acknowledge, selectOpenRequests } from '../../isms/acknowledgement/acknowledgement.ts';
import { followRequests } from '../../isms/acknowledgement/follow.ts';
import { dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { screenPlatform } from '../../records/screen-code.ts';
import type { Dependencies } from '../dependencies.ts';
import { claimExempting, exemptActions } from './exempt.ts';
import { cardOf, idOf, lookAt, whyOf } from './card.ts';
import { phrasesFor, room } from './phrases.ts';
import { questionActions } from './questions.ts';
import { showPage } from './read.ts';
import { policiesNamed, readWanted } from './said.ts';
import { claimStatus, statusActions } from './status.ts';

const next = words('awareness/next');

export function createAcknowledgementsWorkflow({ db, lexicon }: Dependencies): Workflow {
  async function card(
    tx: Queryable,
    context: Context,
    argument: (name: string) => string,
  ): Promise<Addressed[]> {
    const reply = await cardOf(tx, context, await lookAt(tx, context, argument), lexicon);
    return [{ to: 'asker', reply, replacesCard: argument('here') === '1' }];
  }

  /** The card of the one of these that they are to acknowledge; else all that there is. */
  async function own(tx: Queryable, context: Context, references: readonly string[]): Promise<Addressed[]> {
    const open = await selectOpenRequests(tx, [context.person.id], dayOf(context.now, 'UTC'));
    const [only, ...others] = open.filter(({ reference }) => references.includes(reference));
    return only === undefined || others.length > 0
      ? listed(tx, context)
      : card(tx, context, (name) => (name === 'request' ? String(only.id) : ''));
  }

  const sign: SigningAction = {
    async look(tx, context, { argument }) {
      const looked = await lookAt(tx, context, argument);
      return { seen: looked.seen, card: () => cardOf(tx, context, looked, lexicon) };
    },
    async sign(tx, context, { argument }) {
      const { request, left } = await lookAt(tx, context, argument);
      const how = context.platform === screenPlatform ? 'screen' : 'chat';
      await acknowledge(tx, commandOf(context), request, left, how);
      const reply = await cardOf(tx, context, await lookAt(tx, context, argument), lexicon);
      return [{ to: 'asker', reply, replacesCard: true }];
    },
  };

  /** What somebody does with what they are to acknowledge. */
  const reading: Actions = {
    [`${room}.card`]: (tx, context, { argument }) => card(tx, context, argument),
    [`${room}.policy`]: (tx, context, { argument }) => own(tx, context, [argument('of')]),
    [`${room}.read`]: (tx, context, { argument }) => showPage(tx, context, argument, true),
    [`${room}.sign`]: sign,
    ...questionActions(lexicon),
  };

  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    if (attachments.length > 0) return null;
    const wanted = readWanted(text);
    const exempting = wanted === null ? await claimExempting(db, context, text) : null;
    if (exempting !== null) return privately(context, 'who acknowledged what', exempting);
    if (wanted === null) return null;
    if (wanted.what === 'mine')
      return privately(context, 'what you are to acknowledge', (tx) => listed(tx, context));
    if (wanted.what === 'one') {
      const policies = await policiesNamed(db, context, wanted.said);
      if (policies.length === 0) return null;
      const named = policies.map(({ reference }) => reference);
      return privately(context, 'what you are to acknowledge', (tx) => own(tx, context, named));
    }
    const status = await claimStatus(db, context, wanted);
    return status === null ? null : privately(context, 'who acknowledged what', status);
  }

  return {
    name: room,
    offer: {
      text: 'I show you what changed in a policy, and take your acknowledgement.',
      examples: ['what do I have to acknowledge?'],
    },
    tools: [],
    claim,
    actions: {
      ...reading,
      ...statusActions,
      ...exemptActions,
    },
    withoutChat: {
      commands: Object.keys(reading),
      opens: {
        async policy(tx, said, { now }) {
          const [policy, ...others] = await policiesNamed(tx, { now }, said);
          if (policy === undefined || others.length > 0) return null;
          const { reference, title } = policy;
          return { name: reference, title, id: actionId(`${room}.policy`, { of: reference }) };
        },
      },
    },
    answers: {
      [`${room}.read`]: async (context, { text }, argument) =>
        next.is(text) === null ? null : (tx) => showPage(tx, context, argument, false),
    },
    async due(tx, now) {
      await followRequests(tx, now);
      return [];
    },
    async waiting(context) {
      return openFor(db, context);
    },
    owed: owedRequests,
  };
}

/** What waits for these people; of those who wait for an answer nobody is reminded. */
async function owedRequests(tx: Queryable, people: readonly number[], now: Date): Promise<Obligation[]> {
  const open = await selectOpenRequests(tx, people, dayOf(now, 'UTC'));
  return open.map((request): Obligation => {
    const phrases = phrasesFor(request);
    const { say, count } = phrases;
    return {
      record: `acknowledgement_request:${request.id}`,
      personId: request.personId,
      askedAt: request.remindedAt ?? request.askedAt,
      dueOn: request.dueOn,
      item: {
        text: say('owedItem', { title: request.title }),
        detail: `v${request.version} · ${count('minutes', request.minutes)}`,
        button: { id: idOf('card', request), label: say('look') },
      },
      why: whyOf(request, phrases),
      rank: 2,
      paused: request.state === 'declined' || request.paused,
    };
  });
}

async function openFor(tx: Queryable, context: Pick<Context, 'person' | 'now'>): Promise<WaitingItem[]> {
  const owed = await owedRequests(tx, [context.person.id], context.now);
  return asWaiting(
    owed.filter(({ paused }) => paused !== true),
    context,
  );
}

async function listed(tx: Queryable, context: Context): Promise<Addressed[]> {
  const { say, count } = phrasesFor(context.person);
  const items = (await openFor(tx, context)).map(({ text, detail, button }) => ({ text, detail, button }));
  return toAsker(items.length === 0 ? { text: say('none') } : { text: count('list', items.length), items });
}
