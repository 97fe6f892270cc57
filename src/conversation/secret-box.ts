/** Seals small secrets with AES-256-GCM: a random nonce each, the key named by its id, and the owner bound in as additional data. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { OperatorError } from '../errors.ts';

const nonceBytes = 12;
const tagBytes = 16;

export interface Sealed {
  keyId: string;
  /** Nonce, tag and ciphertext, one behind the other. */
  bytes: Buffer;
}

export interface SecretBox {
  /** Id of the newest key, null where there is none. */
  keyId: string | null;
  /**
   * With the newest key.
   *
   * @param owner  whose it is: what is sealed for one owner does not open for another
   * @throws OperatorError where there is no key
   */
  seal(text: string, owner: readonly string[]): Sealed;
  /** With whichever key it was sealed. @throws OperatorError where that key is missing, or the bytes are not what was sealed */
  open(sealed: Sealed, owner: readonly string[]): string;
}

/** @param keys  base64 of 32 bytes each, newest first */
export function createSecretBox(keys: readonly string[]): SecretBox {
  const byId = new Map(
    keys.map((text) => Buffer.from(text, 'base64')).map((key): [string, Buffer] => [keyIdOf(key), key]),
  );
  const [newest] = byId;

  return {
    keyId: newest?.[0] ?? null,
    seal(text, owner) {
      if (newest === undefined)
        throw new OperatorError(
          `Nothing can be kept encrypted for ${owner.join(' ')}: ENCRYPTION_KEY is not set. Make one with "openssl rand -base64 32", set it and start again.`,
        );
      const [keyId, key] = newest;
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(bound(owner));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return { keyId, bytes: Buffer.concat([nonce, cipher.getAuthTag(), sealed]) };
    },
    open({ keyId, bytes }, owner) {
      const key = byId.get(keyId);
      if (key === undefined)
        throw new OperatorError(
          `What ${owner.join(' ')} gave us was encrypted with the key ${keyId}, which is neither ENCRYPTION_KEY nor among ENCRYPTION_OLD_KEYS. ` +
            'Put that key back into ENCRYPTION_OLD_KEYS, or install the app there again.',
        );
      const start = nonceBytes + tagBytes;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(bound(owner));
        decipher.setAuthTag(bytes.subarray(nonceBytes, start));
        return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new OperatorError(
          `What ${owner.join(' ')} gave us does not decrypt with its key ${keyId}: it was changed, or moved from another row. Install the app there again.`,
          { cause },
        );
      }
    },
  };
}

/** The same key always has the same id, and the id tells nothing of the key. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('key id').update(key).digest('hex').slice(0, 8);
}

function bound(owner: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(owner));
}
