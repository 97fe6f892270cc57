/**
 * Everybody of a made-up company in front of one client: the playground's, which knows one person. Whoever sits there says who they
 * are; what others are told is shown there too, marked for whom, and what is pressed on it is pressed as them.
 */
import { NotSentError, type Delivery } from '../../conversation/port.ts';
import { isPersonal, type Activity } from './activity.ts';
import { receiptOf, userAddress, userOfAddress } from './address.ts';
import { paragraphs, type Card } from './card-parts.ts';
import type { Conversations } from './conversations.ts';
import type { Cast, CastMember } from './mode.ts';
import { cardType } from './render.ts';
import type { Connector, Outgoing, TeamsSdk } from './sdk.ts';

/** The one tenant that the client plays. */
export const stageTenant = '00000000-0000-0000-0000-0000000000001';

/** A receipt of what was shown to nobody. It names no message of the client's. */
const unseen = 'unseen:';
/** Milliseconds until a message is tried again for which no client is there yet. */
const untilClient = 5;

/** «/as omar@demo.example», after our name or without it. */
const switching = /^\s*(?:<at>[^<]*<\/at>\s*)?\/as\b\s*(.*?)\s*$/is;

export interface Heard {
  /** As whoever speaks it sends it. */
  activity: Activity;
  /** What is said to somebody who sits down or asked to be somebody else, and whether they are now, and are greeted. */
  change: { done: boolean; words: string } | null;
}

export interface Stage {
  hear(activity: Activity): Heard;
  /** Where this person's messages are shown; null for anybody who is not of the company. */
  addressOf(email: string | null): string | null;
  member(user: string): CastMember | null;
  /** Conversations, with everybody's own chat shown in the one that the client has. */
  over(conversations: Conversations, connector: TeamsSdk['connector']): Conversations;
  /** @returns a receipt for what nobody in front of the client is to see: what the clock tells others */
  withhold(address: string, delivery: Delivery): string | null;
  /** Says above a message whom it is for, where that is somebody else. */
  mark(address: string, message: Outgoing): Outgoing;
  markCard(address: string, card: Card): Card;
  /** What is pressed on it is pressed as whoever it was for. */
  shown(address: string, receipt: string): void;
}

export function createStage({ as, people }: Cast): Stage {
  const byEmail = new Map(people.map((person) => [person.email, person]));
  /** Whom each message was for that stands in the client: it remembers as much, and ends with us. */
  const heardBy = new Map<string, CastMember>();
  let now = byEmail.get(as) ?? null;
  let client: { serviceUrl: string; botId: string; conversationId: string } | null = null;

  const memberAt = (address: string) => byEmail.get(userOfAddress(address) ?? '') ?? null;

  function other(address: string): CastMember | null {
    const member = memberAt(address);
    return member === now ? null : member;
  }

  function named(words: string): CastMember | null {
    const wanted = words.toLowerCase().replace(/^@/, '');
    return (
      byEmail.get(wanted) ??
      people.find(({ email }) => email.startsWith(`${wanted}@`)) ??
      people.find(({ name }) => name.toLowerCase() === wanted) ??
      null
    );
  }

  function spokenBy({ email, name }: CastMember, activity: Activity): Activity {
    return {
      ...activity,
      from: { ...activity.from, id: email, aadObjectId: email, name },
      conversation: { ...activity.conversation, tenantId: stageTenant },
    };
  }

  return {
    hear(activity) {
      if (isPersonal(activity))
        client = {
          serviceUrl: activity.serviceUrl,
          botId: activity.recipient.id,
          conversationId: activity.conversation.id,
        };
      // The client shows nothing of before once it is loaded again, and installs us anew.
      if (isPersonal(activity) && activity.type === 'installationUpdate' && now !== null) {
        const words = `You are ${now.name}, ${now.title}. Say **/as omar** to go on as somebody else, **/as** to see who there is.`;
        return { activity: spokenBy(now, activity), change: { done: true, words } };
      }
      const wanted = activity.type === 'message' ? switching.exec(activity.text ?? '')?.[1] : undefined;
      if (wanted === undefined) {
        const about = activity.replyToId
          ? heardBy.get(receiptOf(activity.conversation.id, activity.replyToId))
          : undefined;
        const speaker = about ?? now;
        return { activity: speaker === null ? activity : spokenBy(speaker, activity), change: null };
      }
      const next = named(wanted);
      if (next !== null) now = next;
      return {
        activity: now === null ? activity : spokenBy(now, activity),
        change: {
          done: next !== null,
          words: next === null ? nobodyNamed(wanted, people) : `You are ${next.name} now, ${next.title}.`,
        },
      };
    },

    addressOf: (email) => {
      const known = byEmail.get(email?.toLowerCase() ?? '');
      return known === undefined ? null : userAddress(stageTenant, known.email);
    },
    member: (user) => byEmail.get(user) ?? null,

    over: (conversations, connector) => ({
      ...conversations,
      open(address, signal) {
        const member = memberAt(address);
        if (member === null) return conversations.open(address, signal);
        if (client === null)
          return Promise.reject(new NotSentError('no client has been opened yet', untilClient));
        const { serviceUrl, botId, conversationId: id } = client;
        const reached: Connector = connector(serviceUrl, signal);
        return Promise.resolve({ id, botId, userId: member.email, personal: true, connector: reached });
      },
    }),

    withhold(address, { id, edits, unasked }) {
      if (edits?.startsWith(unseen) === true) return edits;
      const member = memberAt(address);
      const isAside = unasked === true && edits === null && member !== null && member !== now;
      return isAside ? `${unseen}${id}` : null;
    },

    mark(address, message) {
      const member = other(address);
      if (member === null) return message;
      const attachments = Array.isArray(message.attachments) ? (message.attachments as Attached[]) : [];
      if (!attachments.some(isCard))
        return { ...message, text: `*${lead(member)}*\n\n${String(message.text)}` };
      const marked = attachments.map((each) =>
        isCard(each) ? { ...each, content: markedFor(member, each.content as Card) } : each,
      );
      return { ...message, attachments: marked };
    },
    markCard(address, card) {
      const member = other(address);
      return member === null ? card : markedFor(member, card);
    },

    shown(address, receipt) {
      const member = memberAt(address);
      if (member !== null) heardBy.set(receipt, member);
    },
  };
}

interface Attached {
  contentType: string;
  content: unknown;
}

function isCard({ contentType }: Attached): boolean {
  return contentType === cardType;
}

function lead({ name, email }: CastMember): string {
  return `For ${name}, ${email}. What is pressed here, ${name.split(' ')[0]} presses.`;
}

function markedFor(member: CastMember, card: Card): Card {
  return { ...card, body: [...paragraphs(lead(member), { subtle: true }), ...card.body] };
}

function nobodyNamed(wanted: string, people: readonly CastMember[]): string {
  const lead = wanted === '' ? 'Say who you want to be, as in /as omar.' : `Nobody here is «${wanted}».`;
  const names = people.map(({ email, name, title }) => `${email.split('@')[0]} (${name}, ${title})`);
  return `${lead}\n\nOne can be:\n\n${names.map((name) => `- ${name}`).join('\n')}`;
}
