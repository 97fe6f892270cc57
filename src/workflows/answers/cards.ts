/** What the answers workflow shows: answers, passages, refusals, and the cards of a question on its way to an owner. */
import { field } from '../../dialogue/form-fields.ts';
import {
  actionId,
  type ButtonParts,
  type Citation,
  type Form,
  type ItemParts,
  type Notice,
  type PassageExcerpt,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { shortened } from '../../language/text.ts';
import type { Language } from '../../knowledge/lexicon.ts';
import type { OpenQuestion } from '../../isms/answer/open-question.ts';

export interface AnswerButtons {
  answerId: number;
  /** Who the question would go to, or null when there is nobody. */
  ownerName: string | null;
}

export function answerCard(text: string, citations: Citation[], buttons: AnswerButtons): ReplyParts {
  return {
    text,
    generated: true,
    citations,
    buttons: [...feedbackButtons(buttons.answerId), ...askButtons(buttons)],
  };
}

const leads: Record<Extract<Notice, 'no-model' | 'model-down' | 'budget' | 'unverified'>, string> = {
  'no-model': 'No language model is connected, so these are the nearest sections, word for word.',
  'model-down':
    'The language model does not answer just now, so these are the nearest sections, word for word.',
  budget: 'The language model has been used up for today, so these are the nearest sections, word for word.',
  unverified: 'I could not prove my own wording from our policies, so these are the sections themselves.',
};

/** The sections themselves, with their matching sentences marked. */
export function passagesCard(
  notice: keyof typeof leads,
  passages: PassageExcerpt[],
  citations: Citation[],
  buttons: AnswerButtons,
  aside: string | null,
): ReplyParts {
  return {
    text: aside === null ? leads[notice] : `${leads[notice]} ${aside}`,
    notice,
    passages,
    citations,
    buttons: [...feedbackButtons(buttons.answerId), ...askButtons(buttons)],
  };
}

/** The honest refusal, its hint at the nearest section and its offer, in the languages that questions come in. */
const refusals: Record<Language, { refusal: string; nearest: string; offer: (owner: string) => string }> = {
  en: {
    refusal: "Our policies don't say.",
    nearest: 'The nearest section is below; it may not answer you.',
    offer: (owner) => `${owner} can: press the button and I take your question there.`,
  },
  de: {
    refusal: 'Unsere Richtlinien sagen dazu nichts.',
    nearest: 'Der nächstliegende Abschnitt steht unten; vielleicht hilft er nicht.',
    offer: (owner) => `${owner} kann es sagen: Mit dem Knopf bringe ich die Frage dorthin.`,
  },
  fr: {
    refusal: "Nos politiques n'en disent rien.",
    nearest: 'La section la plus proche est ci-dessous ; elle ne répond peut-être pas.',
    offer: (owner) => `${owner} peut répondre : appuyez sur le bouton et je transmets la question.`,
  },
  es: {
    refusal: 'Nuestras políticas no lo dicen.',
    nearest: 'Abajo está la sección más cercana; puede que no responda.',
    offer: (owner) => `${owner} puede responder: pulsa el botón y le llevo la pregunta.`,
  },
};

/** The nearest section, where there is one, is shown as what it is: near, no answer. */
export function refusalCard(
  nearest: Citation | null,
  buttons: AnswerButtons,
  language: Language,
  lead: string | null,
): ReplyParts {
  const words = refusals[language];
  const parts = [
    lead,
    words.refusal,
    nearest === null ? null : words.nearest,
    buttons.ownerName === null ? null : words.offer(buttons.ownerName),
  ];
  return {
    text: parts.filter((part) => part !== null).join(' '),
    notice: 'not-covered',
    citations: nearest === null ? [] : [nearest],
    buttons: askButtons(buttons, 'primary'),
  };
}

function feedbackButtons(answerId: number): ButtonParts[] {
  return [
    { id: actionId('answers.helpful', { answer: answerId }), label: 'Helpful', feedback: 'helpful' },
    {
      id: actionId('answers.not-helpful', { answer: answerId }),
      label: 'Not helpful',
      feedback: 'not-helpful',
      opensForm: true,
    },
  ];
}

export function askButtons(
  { answerId, ownerName }: AnswerButtons,
  style: ButtonParts['style'] = 'plain',
): ButtonParts[] {
  return ownerName === null
    ? []
    : [{ id: actionId('answers.ask-owner', { answer: answerId }), label: 'Ask the policy owner', style }];
}

/** @param sent  what was typed stays in the form that is shown once more */
export function reasonForm(answerId: number): Form {
  return {
    id: actionId('answers.reason', { answer: answerId }),
    title: 'What was wrong?',
    submitLabel: 'Send',
    fields: [
      field('reason', 'What was wrong with the answer?', 'choice', {
        options: [
          { value: 'wrong', label: 'It is wrong' },
          { value: 'incomplete', label: 'It leaves something out' },
          { value: 'outdated', label: 'It is out of date' },
          { value: 'off_topic', label: 'It answers another question' },
          { value: 'unclear', label: 'I do not understand it' },
          { value: 'other', label: 'Something else' },
        ],
      }),
      field('comment', 'Anything else? (optional)', 'multiline', { required: false }),
    ],
  };
}

/** Tells the owner of a policy what a colleague asked, and what a reply does. */
export function questionCard(
  { reference, question }: OpenQuestion,
  askerName: string,
  policy: string | null,
): ReplyParts {
  const about =
    policy === null
      ? 'No policy that I know answers it.'
      : `The nearest policy is your ${policy}, and it does not say.`;
  return {
    text:
      `${askerName} asks: «${question}»\n` +
      `${about} ` +
      "Reply here or press Answer: your words go to them, and are kept with your name and today's date as an approved answer for colleagues who ask the same.",
    facts: [{ label: 'Reference', value: reference }],
    buttons: [
      {
        id: actionId('answers.open-reply', { question: reference }),
        label: 'Answer',
        style: 'primary',
        opensForm: true,
      },
    ],
  };
}

/** The same question in one line, among what waits for its owner. */
export function questionItem(
  { reference, question }: OpenQuestion,
  askerName: string,
  since: string,
): ItemParts {
  return {
    text: `${askerName} asks: «${shortened(question, 300)}»`,
    detail: `${reference} · since ${since}`,
    button: { id: actionId('answers.open-reply', { question: reference }), label: 'Answer', opensForm: true },
  };
}

export function replyForm({ reference, question }: OpenQuestion): Form {
  return {
    id: actionId('answers.reply', { question: reference }),
    title: 'Answer a question',
    submitLabel: 'Send',
    fields: [
      field('answer', `«${shortened(question, 120)}»`, 'multiline'),
      field('keep', 'Who may see it?', 'choice', {
        value: 'everyone',
        hint: 'An approved answer is found by colleagues until the policy changes.',
        options: [
          { value: 'everyone', label: 'All who may read the policy' },
          { value: 'asker', label: 'Only the person who asked' },
        ],
      }),
    ],
  };
}

/** What the owner sees after a reply. */
export function repliedCard({ reference }: OpenQuestion, askerName: string, kept: boolean): ReplyParts {
  return {
    text: `Sent to ${askerName}.${kept ? ' It is kept as an approved answer until the policy changes.' : ''} Does the policy need a change?`,
    facts: [{ label: 'Reference', value: reference }],
    buttons: [
      {
        id: actionId('answers.conclude', { question: reference, outcome: 'policy_changed' }),
        label: 'I changed the policy',
        style: 'plain',
      },
      {
        id: actionId('answers.conclude', { question: reference, outcome: 'no_change' }),
        label: 'No change needed',
        style: 'plain',
      },
      {
        id: actionId('answers.withdraw', { question: reference }),
        label: 'Take my answer back',
        style: 'danger',
      },
    ],
  };
}
