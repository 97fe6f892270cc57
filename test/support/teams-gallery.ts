/** One of each kind of reply, with plainly made-up words: what the view shows, and what people look at. */
import { Reply, type Form, type ReplyParts } from '../../src/conversation/contract.ts';

const source = {
  kind: 'policy' as const,
  policy: 'Mobile Device Policy',
  version: '2.1',
  section: '3.2',
  heading: 'Personal devices',
  effectiveFrom: '2026-03-01',
};
const long =
  'Personal phones may read company mail only after they are enrolled. Enrolling asks for a screen lock and for an up-to-date system.\n' +
  'Lost phones are reported to the helpdesk within one hour, at any time of the day. The helpdesk locks the phone and wipes company data from it.\n' +
  'Tablets and watches are treated as phones. A phone that has been changed by its owner so that its protection is gone may not be enrolled. Visitors use the guest network, and nothing else. Chargers belong to whoever brought them. A phone that is sold or given away is wiped before.';

export const galleryForm: Form = {
  id: 'gallery.form?n=1',
  title: 'Answer a question',
  submitLabel: 'Send',
  fields: [
    field('answer', '«May I take a drone to the warehouse?»', 'multiline', {
      required: true,
      error: 'Write an answer first.',
    }),
    field('keep', 'Who may see it?', 'choice', {
      required: true,
      value: 'everyone',
      hint: 'An approved answer is found by colleagues until the policy changes.',
      options: [
        { value: 'everyone', label: 'All who may read the policy' },
        { value: 'asker', label: 'Only the person who asked' },
      ],
    }),
    field('areas', 'What does it touch?', 'choices', {
      options: ['Buildings', 'Phones', 'Laptops', 'Travel', 'Visitors', 'Suppliers'].map((label) => ({
        value: label.toLowerCase(),
        label,
      })),
    }),
    field('title', 'A short name', 'text', { value: 'Drones' }),
    field('until', 'Until when?', 'date', { value: '2026-12-31' }),
    field('people', 'How many people?', 'number', { value: '12' }),
  ],
};

function markOf(words: string): [number, number] {
  const at = long.indexOf(words);
  return [at, at + words.length];
}

const kinds: Record<string, ReplyParts> = {
  update: {
    text: 'Get the patch of the vendor into the production firewall',
    title: 'Get the patch of the vendor into the production firewall',
    line: 'CA-2026-007 · due 26 Nov, 4 days overdue',
    late: 'due 26 Nov, 4 days overdue',
    facts: [{ label: 'Progress', value: '60 % → 80 %' }],
    aside: 'Not written yet.',
    buttons: [{ id: 'c', label: 'Confirm', style: 'primary', signs: true }],
  },
  register: {
    text: '2 open corrective actions, the most urgent first.',
    title: '2 open corrective actions, the most urgent first.',
    items: [
      {
        text: 'Get the patch of the vendor into the production firewall',
        detail: '4 days overdue (26 Nov) · 60 % · CA-2026-007',
        late: '4 days overdue (26 Nov)',
        button: { id: 'l', label: 'Look' },
      },
      { text: '1 more', detail: null, button: { id: 'n', label: 'Next' } },
    ],
  },
  answer: {
    text: 'Report a lost phone to the helpdesk within one hour [1]. The helpdesk locks it and wipes company data [1].',
    generated: true,
    citations: [
      {
        n: 1,
        ...source,
        quote: 'Lost phones are reported to the helpdesk within one hour, at any time of the day.',
      },
    ],
    buttons: [
      { id: 'answers.helpful?answer=1', label: 'Helpful', feedback: 'helpful' },
      { id: 'answers.not-helpful?answer=1', label: 'Not helpful', feedback: 'not-helpful', opensForm: true },
      { id: 'answers.ask-owner?answer=1', label: 'Ask Hugo Owner' },
    ],
  },
  'long passages': {
    text: 'What the policy says:',
    passages: [
      { n: 1, text: long, marks: [markOf('Lost phones are reported to the helpdesk within one hour')] },
    ],
    citations: [{ n: 1, ...source, quote: '' }],
  },
  passages: {
    text: 'Lost phones are reported to the helpdesk within one hour.',
    quoted: true,
    notice: 'no-model',
    passages: [
      { n: 1, text: long, marks: [markOf('Lost phones are reported to the helpdesk within one hour')] },
      { n: 2, text: 'Visitors to the warehouse wear a helmet.', marks: [], folded: true },
    ],
    citations: [
      { n: 1, ...source, quote: '' },
      {
        n: 2,
        ...source,
        policy: 'Warehouse Policy',
        version: '1.0',
        section: '1',
        heading: 'Visitors',
        quote: '',
      },
    ],
    buttons: [
      { id: 'unfold', label: '1 more section' },
      { id: 'answers.ask-owner?answer=1', label: 'Ask Hugo Owner' },
    ],
  },
  refusal: {
    text: 'I found nothing on this in our policies. Shall I ask Hugo Owner? The answer comes back to you here.',
    notice: 'not-covered',
    citations: [{ n: 1, ...source, quote: 'Tablets and watches are treated as phones.' }],
    buttons: [{ id: 'answers.ask-owner?answer=1', label: 'Ask Hugo Owner', style: 'primary' }],
  },
  home: {
    text: 'Hello, I am Isma. I know our security policies.\nAsk me anything about them in your own words.',
    items: [
      {
        text: 'Erin Employee asks: «May I take a drone to the warehouse?»',
        detail: 'Waiting for you since 24 November 2026 · Q-2026-001',
        button: { id: 'answers.open-reply?question=Q-2026-001', label: 'Answer', opensForm: true },
      },
      {
        text: 'Read the Clear Desk Policy, version 3',
        detail: 'Until 30 November 2026',
        button: { id: 'read?n=1', label: 'Open' },
      },
    ],
    choices: [
      {
        id: 'say?text=May%20I%20read%20work%20mail%20on%20my%20own%20phone%3F',
        label: 'May I read work mail on my own phone?',
      },
      {
        id: 'say?text=How%20long%20do%20we%20keep%20job%20applications%3F',
        label: 'How long do we keep job applications?',
      },
    ],
  },
  question: {
    text: 'Erin Employee asks: «May I take a drone to the warehouse?»\nThe nearest policy is your Warehouse Policy, and it does not say.',
    facts: [
      { label: 'Reference', value: 'Q-2026-001' },
      { label: 'Asked', value: '24 November 2026, in the channel of the warehouse' },
    ],
    buttons: [
      { id: 'answers.open-reply?question=Q-2026-001', label: 'Answer', style: 'primary', opensForm: true },
    ],
  },
  settled: {
    text: 'Sent to Erin Employee. It is kept as an approved answer until the policy changes. Does the policy need a change?',
    facts: [{ label: 'Reference', value: 'Q-2026-001' }],
    buttons: [{ id: 'answers.withdraw?question=Q-2026-001', label: 'Take my answer back', style: 'danger' }],
    note: 'Noted by Hugo Owner on 24 November 2026. Thank you.',
  },
  progress: {
    text: 'Here is how far the reading is.',
    progress: { label: 'Clear Desk Policy, read by', done: 7, total: 12 },
    table: {
      columns: ['Team', 'Read', 'Open', 'Next'],
      rows: [
        ['Warehouse', '4', '2', '30 Nov'],
        ['Office of the management and of everybody near it', '2', '1', '1 Dec'],
        ['Sales', '1', '2', ''],
      ],
    },
  },
  wide: {
    text: 'All controls, one by one.',
    table: {
      columns: ['Control', 'Owner', 'State', 'Evidence', 'Due'],
      rows: [
        ['Screens are locked', 'Hugo Owner', 'Done', 'Photo of 3 March', '1 December'],
        ['Visitors are led', 'Ines Isms', 'Open', '', '15 December'],
      ],
    },
  },
  form: { text: 'Your answer to «May I take a drone to the warehouse?»:', form: galleryForm },
  files: {
    text: 'Here is the report.',
    files: [{ name: 'readiness-report.csv', id: 'gone' }],
    picture: { name: 'chart.png', id: 'gone', alt: 'A chart: 7 of 12 have read it' },
  },
  hostile: {
    text: '<at>Everyone</at> [press](https://evil.example/x) ![p](https://evil.example/p.png) **now** {{DATE(2026-01-01T00:00:00Z,SHORT)}}',
    facts: [
      { label: '[a](https://evil.example)', value: `<img src=x onerror=alert(1)> ${'long'.repeat(60)}` },
    ],
    items: [{ text: '![x](https://evil.example/p.png)', detail: '**bold** _it_' }],
    buttons: [{ id: 'a', label: '[b](https://evil.example) and a label that goes on for quite a while' }],
    note: 'javascript:alert(1)',
  },
};

export const gallery: { name: string; reply: Reply }[] = Object.entries(kinds).map(([name, parts]) => ({
  name,
  reply: Reply.parse(parts),
}));

function field(
  name: string,
  label: string,
  kind: Form['fields'][number]['kind'],
  rest: Partial<Form['fields'][number]>,
): Form['fields'][number] {
  return { name, label, kind, required: false, hint: null, value: null, options: [], error: null, ...rest };
}
