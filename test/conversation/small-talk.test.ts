/** What needs no policy: greetings, thanks, nothing at all, far too much, and people who are cross. */
import { describe, expect, it } from 'vitest';
import type { Attachment, Context, Place, Workflow } from '../../src/conversation/contract.ts';
import { smallTalk, suggestionsFor } from '../../src/conversation/small-talk.ts';
import { tooLong } from '../../src/conversation/too-long.ts';
import { envelope, today } from '../support/harness.ts';

const { sender } = envelope('erin@test.example');
const place: Place = { address: 'test:dm:erin', audience: 'direct', outsiders: false };
const context: Context = {
  person: {
    id: 1,
    email: sender.email,
    name: 'Erin Employee',
    department: null,
    roles: ['employee'],
    groups: [],
    timeZone: 'UTC',
    locale: 'en-GB',
  },
  place,
  platform: 'test',
  inputId: 1,
  lane: 'quick',
  now: today,
  repliesTo: null,
  newcomer: false,
  link: null,
};
const workflow: Workflow = {
  name: 'answers',
  actions: {},
  tools: [],
  offer: {
    text: 'Ask in your own words.\nI take the rest to its owner.',
    examples: ['May I?', 'How long?', 'Who?', 'A fourth?'],
  },
};
const image: Attachment = { name: 'photo.png', size: 10, contentType: 'image/png', source: 'x' };

const talk = (text: string, options: { attachments?: Attachment[]; newcomer?: boolean } = {}) =>
  smallTalk(
    { ...context, newcomer: options.newcomer ?? false },
    { text, attachments: options.attachments ?? [] },
    [workflow],
  );

describe('a greeting', () => {
  it.each([
    'hi', 'Hello!', 'HEY', 'hello isma', 'good morning', 'Moin', 'Guten Tag', 'hallo zusammen', 'Bonjour !', 'salut', '¡Hola!',
    'Buenos días', 'help', 'Was kannst du?', 'what can you do?', 'Qui es-tu ?', '¿Quién eres?', 'ayuda',
  ])('is answered by name, with something to press: %s', async (text) => {
    const said = await talk(text);

    expect(said).toHaveLength(1);
    expect(said?.[0]?.text.split('\n')[0]).toMatch(/^Hello Erin\./);
    expect(said?.[0]?.choices).toEqual([
      { id: 'say?text=May+I%3F', label: 'May I?' },
      { id: 'say?text=What+else+can+you+do%3F', label: 'What else can you do?' },
    ]);
  }); // prettier-ignore

  it('of somebody new is a welcome', async () => {
    const said = await talk('hello', { newcomer: true });

    expect(said?.[0]?.text.split('\n')).toEqual([
      'Welcome Erin, I am Isma. I know our security policies.',
      'Ask in your own words.',
      'I take the rest to its owner.',
    ]);
  });

  it('of somebody who comes back says what waits, and what I can do only where it was asked', async () => {
    const greeted = await talk('hello');
    const asked = await talk('what can you do?');

    expect(greeted?.[0]?.text).toBe('Hello Erin. Nothing waits for you.');
    expect(asked?.[0]?.text).toBe('Hello Erin.\nAsk in your own words.\nI take the rest to its owner.');
  });

  it('shows what waits for the person, in the same message', async () => {
    const waiting = { ...workflow, waiting: () => Promise.resolve([{ text: 'Hanna asks something.' }]) };

    const said = await smallTalk(context, { text: 'hello', attachments: [] }, [waiting]);

    expect(said).toHaveLength(1);
    expect(said?.[0]?.text).toMatch(/\nOne thing waits for you:$/);
    expect(said?.[0]?.items).toEqual([{ text: 'Hanna asks something.' }]);
  });
});

describe('what somebody is told first', () => {
  const lookUp = { text: 'Look it up.', example: 'open records' };
  const register: Workflow = {
    ...workflow,
    name: 'register',
    offer: {
      text: 'The register.',
      examples: ['records'],
      first: {
        employee: { text: 'Report it.', example: 'Report something' },
        manager: { text: 'See your team.', example: 'my team' },
        isms_manager: lookUp,
        admin: lookUp,
        top_management: { text: 'See whether we are ready.', example: 'Are we ready?' },
        auditor: { text: 'See it all.', example: 'the pack' },
      },
    },
  };
  const hidden: Workflow = {
    ...workflow,
    name: 'hidden',
    offer: { text: 'For few.', examples: ['few'], to: ({ roles }) => roles.includes('admin') },
  };
  const told = async (roles: string[], text = 'help', top = false) => {
    const said = await smallTalk(
      { ...context, top, person: { ...context.person, roles } },
      { text, attachments: [] },
      [workflow, register, hidden],
    );
    return said?.[0];
  };

  it('is of their work: two things at most, beside asking', async () => {
    expect((await told(['employee']))?.text).toContain('Report it.');
    expect((await told(['employee']))?.text).not.toContain('See your team.');
    expect((await told(['employee', 'manager', 'isms_manager']))?.choices?.map(({ label }) => label)).toEqual(
      ['May I?', 'open records', 'my team', 'What else can you do?'],
    );
  });

  it.each([
    [['employee'], false, ['May I?', 'Report something']],
    [['employee', 'manager'], false, ['May I?', 'my team', 'Report something']],
    [['employee', 'manager'], true, ['May I?', 'Are we ready?', 'my team']],
    [['employee', 'admin'], false, ['May I?', 'open records', 'Report something']],
    [['auditor'], false, ['the pack']],
  ] as const)('is said by what they do here: %j, at the top %s', async (roles, top, examples) => {
    const all = ['What else can you do?'];
    const suggested = suggestionsFor({ person: { roles: [...roles] }, top }, [workflow, register, hidden]);

    expect((await told([...roles], 'help', top))?.choices?.map(({ label }) => label)).toEqual([...examples, ...all]);
    expect(suggested).toEqual(["What's on my plate?", ...examples, ...all]);
  }); // prettier-ignore

  it('comes after what waits for whoever comes back, each with what to say for it', async () => {
    const things = ['One', 'Two', 'Three', 'Four', 'Five'].map((text) => ({ text }));
    const waiting = { ...workflow, waiting: () => Promise.resolve(things) };
    const [said] = (await smallTalk(context, { text: 'help', attachments: [] }, [waiting])) ?? [];

    expect(said?.text).toBe('Hello Erin.\n5 things wait for you:');
    expect(said?.items?.map(({ text, button }) => [text, button?.label])).toEqual([
      ['One', undefined],
      ['Two', undefined],
      ['Three', undefined],
      ['And 2 more.', 'All that waits'],
      ['Ask in your own words.\nI take the rest to its owner.', 'May I?'],
    ]);
    expect(said?.choices?.map(({ label }) => label)).toEqual(['What else can you do?']);
  });

  it('leads to all that there is for them, each with an example that is said by pressing it', async () => {
    const all = await told(['employee'], 'What else can you do?');

    expect(all?.items?.map(({ button }) => button?.id)).toEqual(['say?text=May+I%3F', 'say?text=records']);
  });

  it('says of a number alone that it means nothing', async () => {
    expect((await told(['employee'], '3'))?.text).toBe(
      '«3» alone tells me nothing here. Say in words what you need.',
    );
  });
});

describe('small talk', () => {
  it.each([
    'thanks', 'Thank you so much!', 'thx', 'danke schön', 'Vielen Dank!', 'merci beaucoup', 'muchas gracias', 'Perfect, thanks',
  ])('answers thanks in a word: %s', async (text) => {
    expect(await talk(text)).toEqual([{ text: 'You are welcome.' }]);
  }); // prettier-ignore

  it.each(['ok', 'Great!', 'got it', 'alles klar', "d'accord", 'vale'])(
    'answers agreement: %s',
    async (text) => {
      expect((await talk(text))?.[0]?.text).toMatch(/^Good\./);
    },
  );

  it.each(['', '   ', '\n\t', '...', '?!', '\u200B'])(
    'says that an empty message was empty, with an example: «%s»',
    async (text) => {
      expect((await talk(text))?.[0]?.text).toMatch(/^That message was empty\..*May I\?$/);
    },
  );

  it('takes an emoji for a nod', async () => {
    expect((await talk('👍🏽'))?.[0]?.text).toMatch(/^Noted\./);
  });

  it('says of an image alone that it cannot read pictures', async () => {
    expect((await talk(' ', { attachments: [image] }))?.[0]?.text).toContain('I cannot read pictures');
  });

  it('takes a question with an image for the question', async () => {
    expect(await talk('May I use this stick?', { attachments: [image] })).toBeNull();
  });

  it('says of far too many characters how many they are', () => {
    expect(tooLong('word '.repeat(8_000))).toMatch(/^That is 39,999 characters/);
  });

  it('takes 4,000 characters for a question, and one more not', () => {
    expect(tooLong('x'.repeat(4_000))).toBeNull();
    expect(tooLong('x'.repeat(4_001))).not.toBeNull();
  });

  it.each(['you are useless', 'this is bullshit', 'so ein Scheiß', 'merde', 'du bist blöd!'])(
    'stays calm when it is sworn at: %s',
    async (text) => {
      expect((await talk(text))?.[0]?.text).toMatch(/^That did not help you, sorry\./);
    },
  );

  it.each([
    'hello, may I read work mail on my phone?',
    'thanks, and how long do we keep logs?',
    'is it stupid or dangerous to send this file to my private mailbox?',
    'ok so who approves travel',
    'Wer hilft mir?',
    'help me with a lost laptop',
    'why',
  ])('leaves a question to those who answer it: %s', async (text) => {
    expect(await talk(text)).toBeNull();
  });
});
