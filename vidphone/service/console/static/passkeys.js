"use strict";
// Passkeys are asked for by the browser, and the browser is asked by scripts alone. All else works without them.
function bytes(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
}

function written(buffer) {
  const text = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function post(section, path, body) {
  const answer = await fetch(section.dataset.base + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": section.dataset.csrf },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function signIn(section) {
  const asked = await post(section, "/options", {});
  asked.challenge = bytes(asked.challenge);
  const found = await navigator.credentials.get({ publicKey: asked });
  return post(section, "", {
    id: found.id,
    rawId: written(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: written(found.response.clientDataJSON),
      authenticatorData: written(found.response.authenticatorData),
      signature: written(found.response.signature),
      userHandle: found.response.userHandle ? written(found.response.userHandle) : null,
    },
  });
}

async function add(section) {
  const asked = await post(section, "/options", {});
  asked.challenge = bytes(asked.challenge);
  asked.user.id = bytes(asked.user.id);
  asked.excludeCredentials = (asked.excludeCredentials || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const made = await navigator.credentials.create({ publicKey: asked });
  return post(section, "", {
    id: made.id,
    rawId: written(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: written(made.response.clientDataJSON),
      attestationObject: written(made.response.attestationObject),
    },
  });
}

for (const section of document.querySelectorAll("[data-passkey]")) {
  const button = section.querySelector("button");
  const failed = section.querySelector("[role=alert]");
  if (!window.PublicKeyCredential) {
    section.hidden = true;
    continue;
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    failed.hidden = true;
    try {
      const done = await (section.dataset.passkey === "add" ? add(section) : signIn(section));
      location.assign(done.next);
    } catch {
      failed.hidden = false;
    }
    button.disabled = false;
  });
}
