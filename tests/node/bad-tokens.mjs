// Bad assertions, made by jose, which knows how to make them. Usage: node bad-tokens.mjs URL KEY-NAME KEY.pem
// Prints for each what the engine answered, as JSON: { "name": "error" }.
import { readFileSync } from "node:fs";
import { createPublicKey, randomUUID } from "node:crypto";
import { CompactEncrypt, CompactSign, FlattenedSign, GeneralSign, SignJWT, UnsecuredJWT, exportJWK, generateKeyPair, importPKCS8 } from "jose";

const [base, name, pem] = process.argv.slice(2);
const text = readFileSync(pem, "utf8");
const key = await importPKCS8(text, "ES256");
const spki = createPublicKey(text).export({ type: "spki", format: "der" });
const mine = await generateKeyPair("ES256", { extractable: true });
const rsa = await generateKeyPair("RS256");
const ed = await generateKeyPair("EdDSA");
const typ = "vetopoint-workload+jwt";
const now = Math.floor(Date.now() / 1000);
const claims = () => ({ iss: name, sub: name, aud: base, iat: now, exp: now + 60, jti: randomUUID() });
const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
const signed = (header, signer = key, payload = claims()) => new CompactSign(bytes(payload)).setProtectedHeader(header).sign(signer);

const good = await signed({ alg: "ES256", typ });
const bad = {
  unsecured: new UnsecuredJWT(claims()).encode(),
  "public key as secret": await signed({ alg: "HS256", typ }, new Uint8Array(spki)),
  "another key": await signed({ alg: "ES256", typ }, mine.privateKey),
  "own key embedded": await signed({ alg: "ES256", typ, jwk: await exportJWK(mine.publicKey) }, mine.privateKey),
  "RSA": await signed({ alg: "RS256", typ }, rsa.privateKey),
  "RSA-PSS": await signed({ alg: "PS256", typ }, (await generateKeyPair("PS256")).privateKey),
  "Ed25519": await signed({ alg: "EdDSA", typ }, ed.privateKey),
  "unencoded payload": await new CompactSign(bytes(claims())).setProtectedHeader({ alg: "ES256", typ, b64: true, crit: ["b64"] }).sign(key),
  "flattened form": JSON.stringify(await new FlattenedSign(bytes(claims())).setProtectedHeader({ alg: "ES256", typ }).sign(key)),
  "general form": JSON.stringify(await new GeneralSign(bytes(claims())).addSignature(key).setProtectedHeader({ alg: "ES256", typ }).sign()),
  encrypted: await new CompactEncrypt(bytes(claims())).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(new Uint8Array(32)),
  "signed twice": await signed({ alg: "ES256", typ, cty: "JWT" }, key, good),
  "no type": await new SignJWT(claims()).setProtectedHeader({ alg: "ES256" }).sign(key),
  expired: await signed({ alg: "ES256", typ }, key, { ...claims(), iat: now - 120, exp: now - 60 }),
};

const proofs = await generateKeyPair("ES256", { extractable: true });
const jwk = await exportJWK(proofs.publicKey);
const ask = async (assertion) => {
  const nonce = (await fetch(`${base}/oauth/token`, { method: "POST" })).headers.get("dpop-nonce");
  const proof = await new SignJWT({ htm: "POST", htu: `${base}/oauth/token`, nonce }).setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
    .setIssuedAt().setJti(randomUUID()).sign(proofs.privateKey);
  const answer = await fetch(`${base}/oauth/token`, {
    method: "POST", headers: { DPoP: proof },
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", subject_token: assertion, subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    }),
  });
  const body = await answer.json();
  return body.error ?? "a token";
};

const report = {};
for (const [what, assertion] of Object.entries(bad)) report[what] = await ask(assertion);
report.good = await ask(good);
report["good, again"] = await ask(good);
console.log(JSON.stringify(report));
