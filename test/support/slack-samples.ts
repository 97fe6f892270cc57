/** One reply of every kind and one form, to be looked at as Slack shows them. */
import { Reply, type Form, type ReplyParts } from '../../src/conversation/contract.ts';

const citation = {
  n: 1, kind: 'policy' as const, policy: 'Mobile Device Policy', version: '2.1', section: '3.2', heading: 'Personal devices', effectiveFrom: '2026-03-01',
  quote: 'Lost phones are reported to the helpdesk within one hour.',
}; // prettier-ignore
const thumbs: NonNullable<ReplyParts['buttons']> = [
  { id: 'answers.helpful?answer=1', label: 'Helpful', feedback: 'helpful' },
  { id: 'answers.not-helpful?answer=1', label: 'Not helpful', feedback: 'not-helpful' },
];
const ask = { id: 'answers.ask-owner?answer=1', label: 'Ask Hugo Owner' };

export const sampleForm: Form = {
  id: 'sample', title: 'Answer a question', submitLabel: 'Send',
  fields: [
    { name: 'answer', label: '«May I use my own phone?»', kind: 'multiline', required: true, hint: 'In your own words.', value: null, options: [], error: 'Please write an answer.' },
    { name: 'keep', label: 'Who may see it?', kind: 'choice', required: true, hint: null, value: 'all', options: [{ value: 'all', label: 'All who may read the policy' }, { value: 'one', label: 'Only the person who asked' }], error: null },
    { name: 'teams', label: 'Which teams does it concern?', kind: 'choices', required: false, hint: null, value: 'hr', options: [{ value: 'hr', label: 'HR' }, { value: 'it', label: 'IT' }], error: null },
    { name: 'due', label: 'Until when?', kind: 'date', required: false, hint: null, value: '2026-12-01', options: [], error: null },
    { name: 'days', label: 'How many days?', kind: 'number', required: false, hint: null, value: '3', options: [], error: null },
    { name: 'title', label: 'Short title', kind: 'text', required: false, hint: null, value: 'Own phones', options: [], error: null },
  ],
}; // prettier-ignore

const samples: Record<string, ReplyParts> = {
  answer: { text: 'A lost phone is reported to the helpdesk within one hour [1].', generated: true, citations: [citation], buttons: [...thumbs, ask] },
  passages: {
    text: 'Lost phones are reported to the helpdesk within one hour.', quoted: true, notice: 'no-model', citations: [citation, { ...citation, n: 2, section: '3.4', heading: 'Loss' }],
    passages: [{ n: 1, text: 'Personal phones may read company mail only after they are enrolled.', marks: [] }, { n: 2, text: 'Call the hotline at once.', marks: [[0, 25]], folded: true }],
    buttons: [...thumbs, { id: 'unfold', label: '1 more section' }],
  },
  refusal: { text: 'I found nothing on this in our policies. Shall I ask Hugo Owner? The answer comes back to you here.', notice: 'not-covered', buttons: [{ ...ask, style: 'primary' }] },
  question: { text: 'Erin Employee asks: «May I use my own phone abroad?»\nReply here or press Answer: your words go to her.', facts: [{ label: 'Reference', value: 'Q-2026-014' }, { label: 'Asked', value: 'today' }], buttons: [{ id: 'open', label: 'Answer', style: 'primary' }] },
  settled: { about: 'May I use my own phone abroad?', text: 'Yes, in the European Union.', facts: [{ label: 'Reference', value: 'Q-2026-014' }], note: 'Sent to Erin Employee on 24 November.' },
  progress: { text: 'The campaign «Phishing» goes on.', progress: { label: 'Have taken part', done: 37, total: 120 }, items: [
    { text: 'Review the Access Control Policy', detail: 'since 3 November · for Hugo Owner', button: { id: 'a', label: 'Open' } },
    { text: 'Confirm that you have read the Mobile Device Policy', detail: 'until 30 November', button: { id: 'b', label: 'Confirm', style: 'primary' } },
  ] },
  table: { text: 'Where we stand:', table: { columns: ['Control', 'Owner', 'State'], rows: [['A.5.1', 'Ines Isms', 'in place'], ['A.8.13', 'Hugo Owner', 'two of three backups are tested; the third waits for its new disk'], ['A.6.3', 'Hanna Human', 'planned']] } },
  choices: { text: 'I know our policies by heart. Ask me anything, or press one of these.', choices: [{ id: 'say?text=a', label: 'May I use my own phone?' }, { id: 'say?text=b', label: 'How long are logs kept?' }, { id: 'say?text=c', label: 'What waits for me?' }] },
  form: { text: 'Please tell us more.', form: sampleForm },
  danger: { text: 'Shall I take it back?', buttons: [{ id: 'x', label: 'Take my answer back', style: 'danger' }, { id: 'y', label: 'Leave it' }] },
}; // prettier-ignore

export const sampleReplies: [name: string, reply: Reply][] = Object.entries(samples).map(([name, parts]) => [
  name,
  Reply.parse(parts),
]);
