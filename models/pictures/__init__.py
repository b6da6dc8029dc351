"""The picture network: which flag or logo a picture shows, or none of them; and how it is trained from drawings.

Where things are: ``classes`` (what it can name), ``runtime`` (the network in use), ``drawings`` (flags and logos of
three npm packages, rendered), ``augmenting`` (a drawing as documents show it), ``negatives`` (pictures of neither),
``sets`` (what is learned and tested), ``training`` (from drawings to the folder that ships), ``heat`` (Grad-CAM).
"""
