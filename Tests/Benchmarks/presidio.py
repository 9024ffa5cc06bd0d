#!/usr/bin/env python3
"""Presidio's pattern recognizers over texts: how fast, and what they find.

    presidio.py TEXTS.json
"""
import json
import logging
import sys
import time

from presidio_analyzer import predefined_recognizers as known

# Those that the registry loads by default for English and that need no model of language.
DEFAULT = [
    "CreditCardRecognizer", "CryptoRecognizer", "DateRecognizer", "EmailRecognizer", "IbanRecognizer", "IpRecognizer",
    "MacAddressRecognizer", "MedicalLicenseRecognizer", "PhoneRecognizer", "UrlRecognizer", "UsBankRecognizer",
    "UsLicenseRecognizer", "UsItinRecognizer", "UsPassportRecognizer", "UsSsnRecognizer", "NhsRecognizer",
]
CHEAPEST = ["CreditCardRecognizer", "IbanRecognizer", "IpRecognizer", "UsSsnRecognizer", "EmailRecognizer"]
KINDS = {
    "CREDIT_CARD": "card", "CRYPTO": "crypto", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "IP_ADDRESS": "ip",
    "MAC_ADDRESS": "mac", "PHONE_NUMBER": "phone", "US_SSN": "ssn", "UK_NHS": "nhs",
}


def make(names):
    return [getattr(known, name)() for name in names if hasattr(known, name)]


def rate(recognizers, texts):
    began = time.process_time()
    for text in texts:
        for recognizer in recognizers:
            recognizer.analyze(text, recognizer.supported_entities)
    return sum(len(text) for text in texts) / 1e6 / (time.process_time() - began)


def spans(recognizers, text):
    found = []
    for recognizer in recognizers:
        for result in recognizer.analyze(text, recognizer.supported_entities):
            kind = KINDS.get(result.entity_type)
            # Weaker ones count only with words about them, which need a model of language.
            if kind and result.score >= 0.4:
                found.append({"kind": kind, "start": result.start, "end": result.end})
    return found


def main(path):
    # One recognizer would like to fetch a list, and says at length that it cannot.
    logging.disable(logging.CRITICAL)
    with open(path) as file:
        texts = json.load(file)
    default = make(DEFAULT)
    rate(default, texts[:20])
    answer = {
        "default_mb_s": rate(default, texts[:500]),
        "five_mb_s": rate(make(CHEAPEST), texts[:1000]),
        "spans": [spans(default, text) for text in texts],
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
