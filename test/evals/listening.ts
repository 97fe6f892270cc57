/** A whole service to which nobody but a measurement talks, and what it answers. */
import { createService } from '../../src/app/app.ts';
import type { App } from '../../src/app/open-app.ts';
import type { Reply, Sender } from '../../src/conversation/contract.ts';

export interface Listening {
  /** Says it in a conversation of its own, and waits for all that follows. */
  say(id: string, text: string, sender?: Partial<Sender>): Promise<{ inputId: number; replies: Reply[] }>;
  stop(): Promise<void>;
}

const stranger: Sender = {
  platform: 'eval',
  tenant: 'eval',
  user: 'eval',
  name: 'Eval',
  email: null,
  timeZone: null,
  locale: null,
  directAddress: null,
};

export async function startListening(app: App): Promise<Listening> {
  const replies: Reply[] = [];
  const core = createService(app, [
    {
      platform: 'eval',
      async deliver({ id, reply }) {
        replies.push(reply);
        return id;
      },
      lookUp: async () => ({ found: false }),
      directAddress: async () => null,
    },
  ]);
  await core.start();
  return {
    async say(id, text, sender = {}) {
      replies.length = 0;
      const inputId = await core.receive({
        platform: 'eval',
        eventId: id,
        raw: Buffer.from(text),
        read: () => ({
          kind: 'turn',
          sender: { ...stranger, ...sender },
          place: { address: `eval:${id}`, audience: 'direct' },
          text,
          attachments: [],
        }),
      });
      if (inputId === null) throw new Error(`${id} was said before`);
      await core.settled(inputId);
      return { inputId, replies: [...replies] };
    },
    stop: () => core.stop(),
  };
}
