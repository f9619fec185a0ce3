import { generateKeyPairSync, sign } from 'node:crypto'

/*
 * A certificate for localhost and 127.0.0.1 that vouches for itself, made when a test wants it: no program and no file
 * is needed for that. X.509 in DER, as RFC 5280 has it.
 */

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export function selfSignedCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('localhost')))))
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const signed = sequence(
    tlv(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(sequence(oid('551d11'), tlv(0x04, subjectNames())))),
  )
  const signature = sign('sha256', signed, privateKey)
  const der = sequence(signed, ecdsaWithSha256, tlv(0x03, Buffer.of(0), signature))
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: pem(der) }
}

function subjectNames(): Buffer {
  return sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.of(127, 0, 0, 1)))
}

/** Tag, length, value. */
function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 0x80 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 0xff)
  return Buffer.concat([Buffer.of(tag), size, content])
}

const sequence = (...contents: readonly Buffer[]): Buffer => tlv(0x30, ...contents)
const integer = (value: number): Buffer => tlv(0x02, Buffer.of(value))
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))
const utcTime = (text: string): Buffer => tlv(0x17, Buffer.from(text))

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
