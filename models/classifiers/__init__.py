"""Classifiers for anybody's labelled data: a feed-forward, a convolutional and a recurrent network, used alike.

What they are: the two-layer perceptron (ReLU, softmax), the picture network (convolution 32, pool, convolution 64,
pool, dense 128, softmax) and the GRU network (embedding, GRU, softmax) that introductions to TensorFlow present,
trained by Adam on the categorical cross-entropy. Each reads pictures, texts, pairs of entities in documents and
arrays.

Where things are: ``config`` (sizes and choices), ``reading`` (a data set becomes examples; ``pictures``, ``texts`` and
``arrays`` read one kind each), ``fnn``, ``cnn``, ``rnn`` (the networks), ``fitting`` (fit), ``classifier`` (predict,
test, save, load), ``training`` (all of it, from a data set to a folder). What they are not: the relation networks that
ship, which read an encoder's states and are calibrated (``graphwright.models.networks``).
"""
