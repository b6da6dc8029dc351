"""Personal data taken out by policy, before anything is written: rules, names, pseudonyms."""
