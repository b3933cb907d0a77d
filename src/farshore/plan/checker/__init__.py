"""The certificate's checker: the model page worked out a second time, sharing no code with the solver."""
